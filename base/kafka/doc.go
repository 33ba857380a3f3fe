// Package kafka lets the processes of one connector load side by side, on any number of
// machines, with a topic between the tap and the store:
//
//	tap | acme --feed kafka://BROKERS/TOPIC --state s.json --wait
//	acme --work kafka://BROKERS/TOPIC --config c.json        as often as needed, anywhere
//
// It is an engine of package base: a connector that wants it says so in its Info,
//
//	Engine: kafka.Engine(func() base.Connector { return acme.New() }),
//
// and no other carries its code.
//
// # What is on the topic
//
// Each Kafka record is one Singer line, as the tap wrote it. RECORDs have for a key the
// JSON list of the stream's name and the values of its key properties, so that all
// versions of a row are in one partition, in order; RECORDs of streams without keys go
// from partition to partition. Everything else is in every partition, with the header
// "mage-dest" that says what it is: SCHEMA and ACTIVATE_VERSION before the records they
// govern, STATE where it came, and END, without a value, where what is held should be
// stored at once.
//
// # Who does what
//
// The feeder parses each line so far as to know type, stream and key. Records are
// validated by the workers: that is where most of the time goes, and there can be many
// of them; there is one feeder.
//
// A worker runs the connector once for each partition that it holds, as if the partition
// were its input: package base does for each what it always does. A state that such a run
// tells is an offset up to which all is durable, and is committed to the consumer group.
// With it is committed where the SCHEMAs stand that are in force, for whoever takes the
// partition over.
//
// A STATE of the tap stands in every partition, and may be told when the group has
// committed all of them past it. The feeder looks, for it alone has the state file. What
// changes rows of other workers, an ACTIVATE_VERSION or a SCHEMA that differs from the
// one before, is fed when all before it is stored, and is stored before anything after it
// is fed; and a feed begins when nothing is left of the one before.
package kafka
