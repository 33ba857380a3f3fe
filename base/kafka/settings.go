package kafka

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"os"
	"slices"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/sasl/plain"
	"github.com/twmb/franz-go/pkg/sasl/scram"

	"github.com/mage-dest/mage-dest/base"
)

// Settings are the config keys of the engine.
type Settings struct {
	ClientID            string        `json:"kafka_client_id" doc:"client id that the brokers see; empty for the connector's name"`
	TLS                 bool          `json:"kafka_tls" default:"false" doc:"talk to the brokers by TLS; set by any of the files below, too"`
	CAFile              string        `json:"kafka_ca_file" doc:"PEM file with the authorities that sign the brokers' certificates; empty for those of the system"`
	CertFile            string        `json:"kafka_cert_file" doc:"PEM file with the client's certificate, for mutual TLS"`
	KeyFile             string        `json:"kafka_key_file" doc:"PEM file with the key of kafka_cert_file"`
	SASL                string        `json:"kafka_sasl" default:"none" enum:"none,plain,scram-sha-256,scram-sha-512" doc:"how to log in at the brokers"`
	Username            string        `json:"kafka_username" doc:"user of kafka_sasl"`
	Password            base.Secret   `json:"kafka_password" doc:"password of kafka_sasl"`
	Compression         string        `json:"kafka_compression" default:"snappy" enum:"none,gzip,snappy,lz4,zstd" doc:"how the feeder compresses what it sends"`
	MaximumMessageBytes int           `json:"kafka_maximum_message_bytes" default:"1000012" doc:"largest message that is sent; a line of the tap must fit, and the topic's max.message.bytes allow it"`
	SessionTimeout      base.Duration `json:"kafka_session_timeout" default:"8s" doc:"time without a sign of life after which a worker's partitions go to the others"`
	RebalanceTimeout    base.Duration `json:"kafka_rebalance_timeout" default:"12s" doc:"longest time in which a worker may store what it holds of a partition that another one takes, and for which a worker that dies meanwhile is waited for"`
}

// timing are the intervals that nobody needs to set.
type timing struct {
	look     time.Duration // how often the feeder looks at what is committed, and puts a STATE on the topic
	schemas  time.Duration // how often it repeats the SCHEMAs: a topic forgets what is old
	tell     time.Duration // how often a worker tells how far it is
	patience time.Duration // how long the feeder waits before it tells what for
}

func defaultTiming() timing {
	return timing{look: 200 * time.Millisecond, schemas: time.Hour, tell: 10 * time.Second, patience: 5 * time.Second}
}

// heartbeat is how often a worker gives a sign of life; the others learn no sooner that
// they have to share anew.
func (s Settings) heartbeat() time.Duration {
	return max(min(time.Second, s.SessionTimeout.Duration/3), time.Millisecond)
}

func (s Settings) check() error {
	var faults []error
	if (s.CertFile == "") != (s.KeyFile == "") {
		faults = append(faults, errors.New("kafka_cert_file and kafka_key_file go together"))
	}
	if s.SASL != "none" && (s.Username == "" || s.Password.Reveal() == "") {
		faults = append(faults, fmt.Errorf("kafka_sasl: %s needs kafka_username and kafka_password", s.SASL))
	}
	if s.SASL == "none" && s.Username != "" {
		faults = append(faults, errors.New("kafka_username has no effect without kafka_sasl: say plain, scram-sha-256 or scram-sha-512"))
	}
	if s.MaximumMessageBytes < 1<<10 || s.MaximumMessageBytes > 1<<30 {
		faults = append(faults, fmt.Errorf("kafka_maximum_message_bytes: want 1024 to 1073741824, not %d", s.MaximumMessageBytes))
	}
	if s.SessionTimeout.Duration <= 0 || s.RebalanceTimeout.Duration <= 0 {
		faults = append(faults, errors.New("kafka_session_timeout and kafka_rebalance_timeout: want more than 0"))
	}
	return errors.Join(faults...)
}

// client are the options of every client.
func (e *engine) client(p *base.Process) ([]kgo.Opt, error) {
	s, info := e.settings, p.Info()
	if err := s.check(); err != nil {
		return nil, fmt.Errorf("config: %w", err)
	}
	id := s.ClientID
	if id == "" {
		id = info.Name
	}
	options := []kgo.Opt{kgo.SeedBrokers(e.at.brokers...), kgo.ClientID(id), kgo.SoftwareNameAndVersion(info.Name, info.Version),
		kgo.WithLogger(newClientLog(p.Logger())),
		kgo.BrokerMaxWriteBytes(max(100<<20, 2*int32(s.MaximumMessageBytes))),
		// Topics are made while others wait for them, and leaders change.
		kgo.MetadataMinAge(250 * time.Millisecond)}
	if s.TLS || s.CAFile != "" || s.CertFile != "" {
		config, err := s.tls()
		if err != nil {
			return nil, err
		}
		options = append(options, kgo.DialTLSConfig(config))
	}
	switch s.SASL {
	case "plain":
		options = append(options, kgo.SASL(plain.Auth{User: s.Username, Pass: s.Password.Reveal()}.AsMechanism()))
	case "scram-sha-256":
		options = append(options, kgo.SASL(scram.Auth{User: s.Username, Pass: s.Password.Reveal()}.AsSha256Mechanism()))
	case "scram-sha-512":
		options = append(options, kgo.SASL(scram.Auth{User: s.Username, Pass: s.Password.Reveal()}.AsSha512Mechanism()))
	}
	return slices.Clip(options), nil // lanes append to it side by side
}

func (s Settings) tls() (*tls.Config, error) {
	config := &tls.Config{MinVersion: tls.VersionTLS12}
	if s.CAFile != "" {
		text, err := os.ReadFile(s.CAFile)
		if err != nil {
			return nil, fmt.Errorf("kafka_ca_file: %w", err)
		}
		config.RootCAs = x509.NewCertPool()
		if !config.RootCAs.AppendCertsFromPEM(text) {
			return nil, fmt.Errorf("kafka_ca_file: %s holds no certificate in PEM", s.CAFile)
		}
	}
	if s.CertFile != "" {
		pair, err := tls.LoadX509KeyPair(s.CertFile, s.KeyFile)
		if err != nil {
			return nil, fmt.Errorf("kafka_cert_file, kafka_key_file: %w", err)
		}
		config.Certificates = []tls.Certificate{pair}
	}
	return config, nil
}

func (s Settings) codec() kgo.CompressionCodec {
	switch s.Compression {
	case "gzip":
		return kgo.GzipCompression()
	case "snappy":
		return kgo.SnappyCompression()
	case "lz4":
		return kgo.Lz4Compression()
	case "zstd":
		return kgo.ZstdCompression()
	}
	return kgo.NoCompression()
}

// reach makes sure that there is a broker, so that a wrong address is told at once.
func reach(ctx context.Context, client *kgo.Client, brokers []string) error {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	if err := client.Ping(ctx); err != nil {
		return fmt.Errorf("no broker of %v answers as one of Kafka: %w; see the addresses, kafka_tls and kafka_sasl", brokers, err)
	}
	return nil
}
