package recorder

// Config is the config that the cases of Mage's contract were recorded with.
type Config struct {
	OutputPath     string         `json:"output_path" required:"true" doc:"File that each call is appended to"`
	FailStreams    []string       `json:"fail_streams" doc:"Streams of which every call fails"`
	FailOnCall     map[string]int `json:"fail_on_call" doc:"By stream, the index of the one call that fails"`
	FailConnection string         `json:"fail_connection" doc:"Text that the connection test fails with"`
	RecordMeta     bool           `json:"record_meta" doc:"Write what is known of the stream, too"`
}
