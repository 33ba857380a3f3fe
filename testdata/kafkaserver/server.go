// Package kafkaserver runs a broker of Apache Kafka for tests: one process, KRaft mode,
// with a listener without and one with TLS and SASL.
package kafkaserver

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"
)

// LibsVariable names a folder with the jars of Kafka; pom.xml brings them.
const LibsVariable = "MAGE_DEST_KAFKA_LIBS"

// ErrNone is a machine without Kafka.
var ErrNone = errors.New("no Kafka: name a folder with its jars in " + LibsVariable +
	" (mvn dependency:copy-dependencies -f testdata/kafkaserver/pom.xml -DoutputDirectory=DIR), and have java in the PATH")

// User and Password are known to the broker, for each mechanism of SASL.
const (
	User     = "loader"
	Password = "a-password"
)

// Server is a broker that can be killed and started again.
type Server struct {
	Addr string // of the listener without TLS
	Safe string // of the one with TLS and SASL: PLAIN and SCRAM

	dir  string
	libs string
	java string
	cmd  *exec.Cmd
	log  *os.File
}

// New makes a broker in a folder of its own, starts it and waits until it answers.
func New(dir string) (*Server, error) {
	libs := os.Getenv(LibsVariable)
	java, err := exec.LookPath("java")
	if libs == "" || err != nil {
		return nil, ErrNone
	}
	s := &Server{dir: dir, libs: filepath.Join(libs, "*"), java: java}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	if err := s.configure(); err != nil {
		return nil, err
	}
	format := s.command("kafka.tools.StorageTool", "format", "--cluster-id", "bWFnZS1kZXN0LXRlc3RzMQ", "--config", s.path("server.properties"),
		"--add-scram", "SCRAM-SHA-256=[name="+User+",password="+Password+"]", "--add-scram", "SCRAM-SHA-512=[name="+User+",password="+Password+"]")
	if out, err := format.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("format the broker's storage: %w\n%s", err, out)
	}
	return s, s.Start()
}

func (s *Server) path(name string) string { return filepath.Join(s.dir, name) }

func (s *Server) command(args ...string) *exec.Cmd {
	options := []string{"-Xmx512m", "-Xms128m", "-cp", s.libs, "-Dlog4j2.configurationFile=" + s.path("log4j2.properties")}
	return exec.Command(s.java, append(options, args...)...)
}

// configure writes the broker's files, with ports that are free now.
func (s *Server) configure() error {
	ports := make([]string, 3)
	for i := range ports {
		listener, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return err
		}
		defer listener.Close() //nolint:errcheck // it was never used
		ports[i] = listener.Addr().String()
	}
	s.Addr, s.Safe = ports[0], ports[1]
	chain, key, err := certificate(s.CAFile())
	if err != nil {
		return err
	}
	inline := func(pem string) string { return strings.ReplaceAll(strings.TrimSpace(pem), "\n", `\n\`+"\n") }
	properties := fmt.Sprintf(`process.roles=broker,controller
node.id=1
controller.quorum.voters=1@%[3]s
listeners=PLAINTEXT://%[1]s,SASL_SSL://%[2]s,CONTROLLER://%[3]s
controller.listener.names=CONTROLLER
inter.broker.listener.name=PLAINTEXT
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,SASL_SSL:SASL_SSL,CONTROLLER:PLAINTEXT
sasl.enabled.mechanisms=PLAIN,SCRAM-SHA-256,SCRAM-SHA-512
listener.name.sasl_ssl.plain.sasl.jaas.config=org.apache.kafka.common.security.plain.PlainLoginModule required user_%[5]s="%[6]s";
listener.name.sasl_ssl.scram-sha-256.sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required;
listener.name.sasl_ssl.scram-sha-512.sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required;
ssl.keystore.type=PEM
ssl.keystore.certificate.chain=%[7]s
ssl.keystore.key=%[8]s
log.dirs=%[4]s
num.network.threads=2
num.io.threads=2
auto.create.topics.enable=false
offsets.topic.replication.factor=1
offsets.topic.num.partitions=4
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
group.initial.rebalance.delay.ms=0
group.min.session.timeout.ms=1000
log.cleaner.enable=false
`, ports[0], ports[1], ports[2], s.path("data"), User, Password, inline(chain), inline(key))
	if err := os.WriteFile(s.path("server.properties"), []byte(properties), 0o600); err != nil {
		return err
	}
	return os.WriteFile(s.path("log4j2.properties"), []byte(`rootLogger.level=warn
rootLogger.appenderRef.console.ref=console
appender.console.type=Console
appender.console.name=console
appender.console.layout.type=PatternLayout
appender.console.layout.pattern=%d %p %m%n
`), 0o600)
}

// Start starts a broker that is not running, over the data that it has.
func (s *Server) Start() error {
	log, err := os.OpenFile(s.path("broker.log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	s.log = log
	s.cmd = s.command("kafka.Kafka", s.path("server.properties"))
	s.cmd.Stdout, s.cmd.Stderr = log, log
	if err := s.cmd.Start(); err != nil {
		return err
	}
	client, err := kgo.NewClient(kgo.SeedBrokers(s.Addr))
	if err != nil {
		return err
	}
	defer client.Close()
	ctx, cancel := context.WithTimeout(context.Background(), 60*time.Second)
	defer cancel()
	for client.Ping(ctx) != nil {
		if ctx.Err() != nil {
			text, _ := os.ReadFile(s.path("broker.log"))
			s.Kill()
			return fmt.Errorf("the broker does not answer:\n%s", text)
		}
		time.Sleep(100 * time.Millisecond)
	}
	return nil
}

// Kill ends the broker at once, as a machine that loses power does.
func (s *Server) Kill() {
	if s.cmd == nil {
		return
	}
	_ = s.cmd.Process.Kill()
	_ = s.cmd.Wait()
	_ = s.log.Close()
	s.cmd = nil
}

// CAFile holds the authority of the broker's certificate.
func (s *Server) CAFile() string { return s.path("ca.pem") }
