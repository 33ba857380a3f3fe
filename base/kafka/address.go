package kafka

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// address is what the URL of --feed or --work says.
type address struct {
	brokers     []string // host:port
	topic       string
	group       string // "" stands for the connector's name
	create      bool   // make the topic if it is not there
	partitions  int32  // of a topic that is made; 0: as the broker has it
	replication int16  // likewise
	idle        time.Duration
}

const scheme = "kafka://"

// errAddress is the form of an address, for people.
var errAddress = errors.New("want kafka://BROKER[,BROKER …]/TOPIC[?group=G&create=true&partitions=8&replication=3], a BROKER as host or host:port")

// parseAddress reads a URL. Package net/url does not take more than one host.
func parseAddress(text string) (address, error) {
	var a address
	rest, ok := strings.CutPrefix(text, scheme)
	if !ok {
		return a, errAddress
	}
	rest, query, _ := strings.Cut(rest, "?")
	brokers, topic, _ := strings.Cut(rest, "/")
	if strings.Contains(brokers, "@") {
		return a, errors.New("the URL has a user in it, which others on the machine could read: put kafka_username and kafka_password into the config or the environment")
	}
	for broker := range strings.SplitSeq(brokers, ",") {
		broker, err := parseBroker(broker)
		if err != nil {
			return a, err
		}
		a.brokers = append(a.brokers, broker)
	}
	if a.topic = topic; !legalTopic(topic) {
		return a, fmt.Errorf("topic %q: want 1 to 200 letters, digits, dots, dashes and underscores; %w", topic, errAddress)
	}
	values, err := url.ParseQuery(query)
	if err != nil {
		return a, fmt.Errorf("%w; %w", err, errAddress)
	}
	return a, a.options(values)
}

func parseBroker(text string) (string, error) {
	host, port, err := net.SplitHostPort(text)
	if err != nil {
		host, port = strings.Trim(text, "[]"), "9092"
	}
	if n, err := strconv.ParseUint(port, 10, 16); err != nil || n == 0 || host == "" || strings.ContainsAny(host, " \t\r\n/@[]") {
		return "", fmt.Errorf("broker %q: %w", text, errAddress)
	}
	return net.JoinHostPort(host, port), nil
}

// legalTopic leaves room for the ending of the topic of dead letters: Kafka allows 249.
func legalTopic(name string) bool {
	if name == "" || len(name) > 200 || name == "." || name == ".." {
		return false
	}
	return !strings.ContainsFunc(name, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && !strings.ContainsRune("._-", r)
	})
}

func (a *address) options(values url.Values) error {
	for key, list := range values {
		value := list[len(list)-1]
		var err error
		switch key {
		case "group":
			a.group = value
		case "create":
			a.create, err = strconv.ParseBool(value)
		case "partitions":
			var n uint64
			n, err = strconv.ParseUint(value, 10, 31)
			a.partitions = int32(n)
		case "replication":
			var n uint64
			n, err = strconv.ParseUint(value, 10, 15)
			a.replication = int16(n)
		case "idle":
			a.idle, err = time.ParseDuration(value)
			if err == nil && a.idle <= 0 {
				err = errors.New("want more than 0")
			}
		default:
			return fmt.Errorf("%q is not known: want create, group, idle, partitions, replication", key)
		}
		if err != nil {
			return fmt.Errorf("%s=%q: %w", key, value, err)
		}
	}
	if (a.partitions > 0 || a.replication > 0) && !a.create {
		return errors.New("partitions and replication are those of a topic that is made: say create=true too")
	}
	return nil
}

// letters is the topic of dead letters.
func (a address) letters() string { return a.topic + "-dead-letters" }
