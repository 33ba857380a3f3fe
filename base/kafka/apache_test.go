package kafka_test

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/mage-dest/mage-dest/testdata/kafkaserver"
)

// apache is a broker of Apache Kafka; without one the test is skipped.
func apache(t *testing.T) *kafkaserver.Server {
	t.Helper()
	broker, err := kafkaserver.New(t.TempDir())
	if errors.Is(err, kafkaserver.ErrNone) {
		t.Skip("SKIPPED: ", err)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(broker.Kill)
	return broker
}

// What a worker held that was killed is another's within 15 seconds, with settings as they
// are: also if it dies while the group shares its partitions anew, when what counts is not
// the session's end but how long the group waits for it to join.
func TestTakeOverAfterAKill(t *testing.T) {
	broker := apache(t)
	const within = 15 * time.Second
	for name, joins := range map[string]int{"at rest": 0, "while others join": 2} {
		t.Run(name, func(t *testing.T) {
			s := newServer(t)
			work := func(options string) *exec.Cmd {
				cmd := exec.Command(self(t), "--work", fmt.Sprintf("kafka://%s/orders-%d?group=%d", broker.Addr, joins, joins), "--config_json", `{"maximum_batch_age": "500ms"`+options+`}`)
				cmd.Env = append(os.Environ(), storeVariable+"="+s.URL)
				if err := cmd.Start(); err != nil {
					t.Fatal(err)
				}
				t.Cleanup(func() {
					_ = cmd.Process.Kill()
					_ = cmd.Wait()
				})
				return cmd
			}
			read, write := io.Pipe()
			feeder := start(t, newStore(), read, "--feed", fmt.Sprintf("kafka://%s/orders-%d?create=true&partitions=8&group=%d", broker.Addr, joins, joins), "--wait")
			feed := func(from, to int) {
				t.Helper()
				if _, err := io.WriteString(write, orders(from, to)); err != nil {
					t.Fatal(err)
				}
			}
			stored := func(n int) func() bool {
				return func() bool {
					rows, _ := s.read()
					return rows.Count >= n
				}
			}
			victim := work("")
			feed(0, 1000)
			eventually(t, "the first worker stores", stored(1000))
			work("")
			feed(1000, 2000)
			eventually(t, "both workers store", stored(2000))
			time.Sleep(3 * time.Second) // in which they share
			for range joins {
				work("")
				time.Sleep(300 * time.Millisecond)
			}
			killed := time.Now()
			if err := victim.Process.Kill(); err != nil {
				t.Fatal(err)
			}
			feed(2000, 3000)
			eventually(t, "the others store what was the killed worker's", stored(3000))
			took := time.Since(killed)
			t.Logf("taken over after %.1f s", took.Seconds())
			if took > within {
				t.Errorf("it took %.1f s, want %s at the most", took.Seconds(), within)
			}
			if err := write.Close(); err != nil {
				t.Fatal(err)
			}
			feeder.must(0)
		})
	}
}

func self(t *testing.T) string {
	t.Helper()
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	return program
}

// TLS and each way to log in, and a wrong password, which is not told.
func TestTLSAndSASL(t *testing.T) {
	broker := apache(t)
	config := func(mechanism, password string) string {
		return fmt.Sprintf(`{"kafka_ca_file": %q, "kafka_sasl": %q, "kafka_username": %q, "kafka_password": %q}`, broker.CAFile(), mechanism, kafkaserver.User, password)
	}
	for _, mechanism := range []string{"plain", "scram-sha-256", "scram-sha-512"} {
		address := "kafka://" + broker.Safe + "/" + mechanism
		s := newStore()
		feeder := start(t, s, strings.NewReader(orders(0, 1000)), "--feed", address+"?create=true&partitions=2&replication=1", "--wait", "--config_json", config(mechanism, kafkaserver.Password))
		worker(t, s, address, config(mechanism, kafkaserver.Password))
		feeder.must(0)
		if got := s.exported(); got != 1000 {
			t.Errorf("%s: %d records exported, want 1000", mechanism, got)
		}
	}
	code, log := said(t, "", "--feed", "kafka://"+broker.Safe+"/plain", "--config_json", config("plain", "a wrong one"))
	if code != 1 || !strings.Contains(log, "no broker of") || strings.Contains(log, "a wrong one") {
		t.Errorf("with a wrong password: exit code %d\n%s", code, log)
	}
	if code, log := said(t, "", "--feed", "kafka://"+broker.Safe+"/plain", "--config_json", `{"kafka_tls": true}`); code != 1 || !strings.Contains(log, "certificate") {
		t.Errorf("with an authority that is not known: exit code %d\n%s", code, log)
	}
}

// Each codec that the feeder may use is one that workers and the broker read.
func TestCodecs(t *testing.T) {
	broker := apache(t)
	for _, codec := range []string{"none", "gzip", "snappy", "lz4", "zstd"} {
		s, address := newStore(), "kafka://"+broker.Addr+"/"+codec
		feeder := start(t, s, strings.NewReader(orders(0, 1000)), "--feed", address+"?create=true&partitions=1&replication=1", "--wait", "--config_json", `{"kafka_compression": "`+codec+`"}`)
		worker(t, s, address, someConfig)
		feeder.must(0)
		if got := s.exported(); got != 1000 {
			t.Errorf("%s: %d records exported, want 1000", codec, got)
		}
	}
}
