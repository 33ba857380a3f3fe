package kafka

import (
	"time"

	"github.com/mage-dest/mage-dest/base"
)

// RepeatSchemas has a feeder repeat SCHEMAs more often than in earnest.
func RepeatSchemas(e base.Engine, every time.Duration) base.Engine {
	e.(*engine).timing.schemas = every
	return e
}
