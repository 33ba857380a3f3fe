package conform

import "slices"

// Status is the outcome of a test.
type Status string

// The outcomes. Only Failed speaks against a program.
const (
	Passed     Status = "pass"
	Failed     Status = "fail"
	NotClaimed Status = "not claimed"
	NoReadBack Status = "no read-back" // what was told is right; what is stored was not looked at
)

// Result is what became of one test.
type Result struct {
	Number  int     `json:"number"`
	Name    string  `json:"name"`
	Status  Status  `json:"status"`
	Note    string  `json:"note,omitempty"` // why it is not claimed, or a figure
	Faults  []Fault `json:"faults,omitempty"`
	Seconds float64 `json:"seconds"`
}

// Fault is one thing that went wrong in a test.
type Fault struct {
	What  string `json:"what"`
	Loses bool   `json:"loses_data"`      // data is lost or changed, or acknowledged and not stored
	Again string `json:"again,omitempty"` // a command that shows it once more
}

// Report is the outcome of the list.
type Report struct {
	Target   string   `json:"target"`
	Version  string   `json:"version,omitempty"`
	Command  []string `json:"command"`
	Claims   []string `json:"claims"`
	ReadBack bool     `json:"read_back"`
	Results  []Result `json:"results"`
}

// Loses tells a test in which data was lost from one that failed otherwise: the program
// refused what it should have taken, say, and said so.
func (r Result) Loses() bool {
	return slices.ContainsFunc(r.Faults, func(f Fault) bool { return f.Loses })
}

// Losing are the numbers of the tests in which data was lost.
func (r Report) Losing() (numbers []int) {
	for _, result := range r.Results {
		if result.Loses() {
			numbers = append(numbers, result.Number)
		}
	}
	return numbers
}

// Count is how many tests had an outcome.
func (r Report) Count(status Status) int {
	n := 0
	for _, result := range r.Results {
		if result.Status == status {
			n++
		}
	}
	return n
}
