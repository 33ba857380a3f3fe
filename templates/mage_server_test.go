//go:build unix

package templates_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/mage-dest/mage-dest/testdata/pgserver"
)

// mageVariable names a Python that has Mage's server (mage-ai) and is not minded by
// anyone: the tests install a connector into it.
const mageVariable = "MAGE_DEST_MAGE_PYTHON"

// integrationsVariable names Mage's own package mage_integrations, a folder, if there is
// one: PyPI has none, so that without it a stand-in is laid beside the server.
const integrationsVariable = "MAGE_DEST_MAGE_INTEGRATIONS"

// TestUnderMage installs a connector beside Mage as a user does, with pip, and lets
// Mage's own server list it, test its connection and run it, in an integration pipeline
// and in a batch pipeline, against a real PostgreSQL.
func TestUnderMage(t *testing.T) {
	python := os.Getenv(mageVariable)
	if python == "" {
		t.Skipf("SKIPPED: it needs Mage's server; set %s to a Python into which mage-ai is installed, and the test may install", mageVariable)
	}
	database := pgserver.Start(t, "fsync=off")
	c := newConnector(t, "postgres", "acme-crm")
	c.goTool(t, "mod", "tidy")
	m := startMage(t, python, c, database)

	t.Run("list", m.isListed)
	t.Run("test connection", m.connectionIsTested)
	t.Run("first run", func(t *testing.T) {
		m.write(t, 1, 1000, "")
		r := m.run(t, "orders", "completed")
		if got, want := r.destination().counts(), "inserted 1000, updated 0, affected 1000"; got != want {
			t.Errorf("Mage counts %s, want %s", got, want)
		}
		if log := m.log(t, r, "orders_target_orders_0"); !strings.Contains(log, "1000 records read, 1000 exported") {
			t.Errorf("the log has no summary:\n%s", log)
		}
		m.stored(t, "orders_dim", 1000, 1000)
		m.bookmark(t, 1000)
	})
	t.Run("second run goes on from the state", func(t *testing.T) {
		m.write(t, 1001, 1010, "")
		r := m.run(t, "orders", "completed")
		if log := m.log(t, r, "source_orders_0"); !strings.Contains(log, "from line 1001 on") {
			t.Errorf("the source was not told the state:\n%s", log)
		}
		if got, want := r.destination().counts(), "inserted 10, updated 0, affected 10"; got != want {
			t.Errorf("Mage counts %s, want %s", got, want)
		}
		m.stored(t, "orders_dim", 1010, 1010)
		m.bookmark(t, 1010)
	})
	t.Run("a wrong password", func(t *testing.T) {
		m.write(t, 1011, 1020, "")
		m.exporter(t, "orders_target", "wrong-password")
		r := m.run(t, "orders", "failed")
		log := m.log(t, r, "orders_target_orders_0")
		if !strings.Contains(log, "password authentication failed") || strings.Contains(log, "wrong-password") {
			t.Errorf("the log does not say what is wrong, or tells the password:\n%s", log)
		}
		m.stored(t, "orders_dim", 1010, 1010)
		m.bookmark(t, 1010)
		m.exporter(t, "orders_target", pgserver.Password)
	})
	t.Run("a stream that fails", func(t *testing.T) {
		m.write(t, 1021, 1021, `{"id": "no number"}`)
		r := m.run(t, "orders", "failed")
		if log := m.log(t, r, "orders_target_orders_0"); !strings.Contains(log, "column id: want integer, not string") {
			t.Errorf("the log does not name the column:\n%s", log)
		}
		m.bookmark(t, 1010)
	})
	t.Run("batch pipeline", func(t *testing.T) {
		m.run(t, "batch", "completed")
		m.stored(t, "batched", 500, 500)
	})
}

// mage is a running server of Mage's, with a project.
type mage struct {
	python, project, data, input string
	url                          string
	database                     *pgserver.Server
	lines                        int
}

// startMage installs the connector, lays what the server needs beside it, makes a project
// with two pipelines, and starts the server.
func startMage(t *testing.T, python string, c connector, database *pgserver.Server) *mage {
	t.Helper()
	m := &mage{python: python, project: filepath.Join(t.TempDir(), "project"), data: t.TempDir(), input: t.TempDir(), database: database}
	m.layIntegrations(t)
	cmd := exec.CommandContext(t.Context(), "make", "mage")
	cmd.Dir, cmd.Env = c.dir, append(os.Environ(), "GOWORK=off")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("make mage: %v\n%s", err, out)
	}
	m.output(t, "-m", "pip", "install", "-q", "--force-reinstall", c.path("mage"))
	m.makeProject(t)
	m.start(t)
	return m
}

// layIntegrations lays mage_integrations where the server finds it.
func (m *mage) layIntegrations(t *testing.T) {
	t.Helper()
	const standIn, source = "../testdata/mage/mage_integrations", "sources/lines"
	laid := filepath.Join(m.output(t, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"), "mage_integrations")
	own := os.Getenv(integrationsVariable)
	if own == "" {
		own = standIn
	}
	err := errors.Join(os.RemoveAll(laid), os.CopyFS(laid, os.DirFS(own)))
	if own != standIn && err == nil {
		err = os.CopyFS(filepath.Join(laid, source), os.DirFS(filepath.Join(standIn, source)))
	}
	if err != nil {
		t.Fatal(err)
	}
}

func (m *mage) environment() []string {
	return append(os.Environ(), "PATH="+filepath.Dir(m.python)+":"+os.Getenv("PATH"), "HOME="+m.data, "MAGE_DATA_DIR="+m.data,
		"REQUIRE_USER_AUTHENTICATION=0", "PYTHONDONTWRITEBYTECODE=1")
}

func (m *mage) output(t *testing.T, args ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), m.python, args...)
	cmd.Env = m.environment()
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("python %v: %v\n%s", args, err, out)
	}
	return strings.TrimSpace(string(out))
}

func (m *mage) makeProject(t *testing.T) {
	t.Helper()
	m.output(t, filepath.Join(filepath.Dir(m.python), "mage"), "init", m.project)
	m.file(t, "metadata.yaml", fmt.Sprintf("project_type: standalone\nvariables_dir: %s\nhelp_improve_mage: false\nfeatures:\n  data_integration_in_batch_pipeline: true\n", m.data))
	block := func(kind, uuid, language, upstream, downstream string) string {
		return fmt.Sprintf(`- {type: %s, uuid: %s, name: %s, language: %s, executor_type: local_python, status: updated, configuration: %s, all_upstream_blocks_executed: true, upstream_blocks: [%s], downstream_blocks: [%s]}
`, kind, uuid, uuid, language, map[bool]string{true: "{data_integration: {}}", false: "{}"}[uuid == "batch_target"], upstream, downstream)
	}
	pipeline := func(uuid, kind string, blocks ...string) {
		m.file(t, "pipelines/"+uuid+"/metadata.yaml", fmt.Sprintf("uuid: %s\nname: %s\ntype: %s\nexecutor_type: local_python\nwidgets: []\nblocks:\n%s", uuid, uuid, kind, strings.Join(blocks, "")))
	}
	pipeline("orders", "integration", block("data_loader", "source", "yaml", "", "orders_target"), block("data_exporter", "orders_target", "yaml", "source", ""))
	pipeline("batch", "python", block("data_loader", "batch_source", "python", "", "batch_target"), block("data_exporter", "batch_target", "yaml", "batch_source", ""))

	const properties = `{"id": {"type": ["integer"]}, "name": {"type": ["null", "string"]}, "amount": {"type": ["null", "number"]}, "Order": {"type": ["null", "string"]}}`
	stream := func(name, table, method string) string {
		return strings.ReplaceAll(fmt.Sprintf(`{"streams": [{"tap_stream_id": %q, "stream": %q, "destination_table": %q, "replication_method": %q, "key_properties": ["id"], "unique_constraints": ["id"],
			"unique_conflict_method": "UPDATE", "bookmark_properties": ["id"], "disable_column_type_check": false, "selected": true, "schema": {"type": "object", "properties": %s}, "metadata": [
			{"breadcrumb": [], "metadata": {"selected": true}}, {"breadcrumb": ["properties", "id"], "metadata": {"selected": true}}, {"breadcrumb": ["properties", "name"], "metadata": {"selected": true}}]}]}`,
			name, name, table, method, properties), "\t", " ") // a catalog may stand in YAML, which takes no tabs
	}
	m.file(t, "data_loaders/source.yaml", fmt.Sprintf(`{"source": "lines", "config": {"folder": %q}, "catalog": %s}`, m.input, stream("orders", "orders_dim", "INCREMENTAL")))
	m.file(t, "data_loaders/batch_source.py", "import pandas as pd\n\n@data_loader\ndef load(*args, **kwargs):\n    return pd.DataFrame([{'id': i, 'name': f'row {i}'} for i in range(1, 501)])\n")
	m.file(t, "pipelines/batch/batch_target/catalog.json", stream("batch_source", "batched", "FULL_TABLE"))
	m.exporter(t, "orders_target", pgserver.Password)
	m.exporter(t, "batch_target", pgserver.Password)
}

// exporter writes a block with the very keys of Mage's own PostgreSQL destination.
func (m *mage) exporter(t *testing.T, block, password string) {
	t.Helper()
	m.file(t, "data_exporters/"+block+".yaml", fmt.Sprintf("destination: acme_crm\nconfig:\n%s", m.config(password)))
}

func (m *mage) config(password string) string {
	return fmt.Sprintf("  database: %s\n  host: %s\n  password: %q\n  port: %d\n  schema: mage\n  table: some_table\n  username: %s\n",
		pgserver.Database, pgserver.Host, password, m.database.Port, pgserver.User)
}

func (m *mage) file(t *testing.T, name, text string) {
	t.Helper()
	path := filepath.Join(m.project, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// start starts the server with its scheduler, and waits until it answers.
func (m *mage) start(t *testing.T) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	port := listener.Addr().(*net.TCPAddr).Port
	if err := listener.Close(); err != nil {
		t.Fatal(err)
	}
	m.url = fmt.Sprintf("http://127.0.0.1:%d/api", port)
	log, err := os.Create(filepath.Join(m.data, "server.log"))
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(context.WithoutCancel(t.Context()), filepath.Join(filepath.Dir(m.python), "mage"), "start", m.project, "--host", "127.0.0.1", "--port", fmt.Sprint(port))
	cmd.Env, cmd.Dir, cmd.Stdout, cmd.Stderr = m.environment(), m.data, log, log
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) // the scheduler and its workers too
		_ = cmd.Wait()
		if t.Failed() {
			said, _ := os.ReadFile(log.Name())
			t.Logf("the server said\n%s", tail(said, 8000))
		}
		_ = log.Close()
	})
	for deadline := time.Now().Add(2 * time.Minute); ; time.Sleep(500 * time.Millisecond) {
		if _, err := m.call(t.Context(), http.MethodGet, "/status", nil); err == nil {
			return
		}
		if time.Now().After(deadline) {
			t.Fatal("Mage's server does not answer")
		}
	}
}

// call makes a request to Mage's API.
func (m *mage) call(ctx context.Context, method, path string, body any) (map[string]json.RawMessage, error) {
	text, err := json.Marshal(body)
	if err != nil {
		return nil, err
	}
	request, err := http.NewRequestWithContext(ctx, method, m.url+path, bytes.NewReader(text))
	if err != nil {
		return nil, err
	}
	request.Header.Set("Content-Type", "application/json")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close() //nolint:errcheck // it is read
	answer, err := io.ReadAll(response.Body)
	if err != nil {
		return nil, err
	}
	var parts map[string]json.RawMessage
	if err := json.Unmarshal(answer, &parts); err != nil {
		return nil, err
	}
	if failure := parts["error"]; failure != nil {
		return nil, errors.New(string(failure))
	}
	return parts, nil
}

// ask is call, and puts one part of the answer into a value.
func (m *mage) ask(t *testing.T, method, path string, body any, part string, into any) {
	t.Helper()
	answer, err := m.call(t.Context(), method, path, body)
	if err == nil {
		err = json.Unmarshal(answer[part], into)
	}
	if err != nil {
		t.Fatalf("%s %s: %v", method, path, err)
	}
}

func (m *mage) isListed(t *testing.T) {
	var list []struct {
		Name, UUID string
		Templates  struct{ Config map[string]any }
	}
	m.ask(t, http.MethodGet, "/integration_destinations", nil, "integration_destinations", &list)
	for _, d := range list {
		if d.UUID != "acme_crm" {
			continue
		}
		if d.Name != "Acme Crm" || d.Templates.Config["database"] == nil {
			t.Errorf("Mage shows %+v", d)
		}
		// What its editor shows beside a block.
		docs := m.output(t, "-c", "from mage_ai.server.api.integration_sources import build_integration_module_info as info; print(info('destinations', dict(name='Acme Crm', module_name='AcmeCrm'))['docs'])")
		if !strings.Contains(docs, "`sslmode`") {
			t.Errorf("Mage reads no README: %s", docs)
		}
		return
	}
	t.Errorf("the connector is not among Mage's destinations: %+v", list)
}

func (m *mage) connectionIsTested(t *testing.T) {
	for password, want := range map[string]string{pgserver.Password: "", "wrong-password": "password authentication failed"} {
		var result struct {
			Success bool
			Message string `json:"error_message"`
		}
		m.ask(t, http.MethodPost, "/integration_destinations", map[string]any{"integration_destination": map[string]any{
			"action_type": "test_connection", "pipeline_uuid": "orders", "config": strings.ReplaceAll(m.config(password), "  ", ""),
		}}, "integration_destination", &result)
		if result.Success != (want == "") || !strings.Contains(result.Message, want) {
			t.Errorf("with the password %q Mage says %+v", password, result)
		}
		t.Logf("test connection: %+v", result)
	}
}

// write adds lines to the input of the source, the last of which may be given.
func (m *mage) write(t *testing.T, from, to int, last string) {
	t.Helper()
	var text strings.Builder
	for id := from; id <= to; id++ {
		line := fmt.Sprintf(`{"id": %d, "name": "name %d", "amount": %d.25, "Order": "ü"}`, id, id, id)
		if id == to && last != "" {
			line = last
		}
		fmt.Fprintln(&text, line)
	}
	file, err := os.OpenFile(filepath.Join(m.input, "orders.jsonl"), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err == nil {
		_, err = file.WriteString(text.String())
		err = errors.Join(err, file.Close())
	}
	if err != nil {
		t.Fatal(err)
	}
}

// pipelineRun is a run as Mage tells it.
type pipelineRun struct {
	ID      int
	Status  string
	Metrics struct {
		Blocks map[string]struct{ Destinations metrics }
	}
}

type metrics struct {
	Inserted int `json:"records_inserted"`
	Updated  int `json:"records_updated"`
	Affected int `json:"records_affected"`
}

func (r pipelineRun) destination() metrics { return r.Metrics.Blocks["orders"].Destinations }

func (m metrics) counts() string {
	return fmt.Sprintf("inserted %d, updated %d, affected %d", m.Inserted, m.Updated, m.Affected)
}

// run triggers a pipeline and waits for its end.
func (m *mage) run(t *testing.T, pipeline, want string) pipelineRun {
	t.Helper()
	var trigger struct {
		ID    int
		Token string
	}
	m.ask(t, http.MethodPost, "/pipelines/"+pipeline+"/pipeline_schedules",
		map[string]any{"pipeline_schedule": map[string]any{"name": "now", "schedule_type": "api"}}, "pipeline_schedule", &trigger)
	m.ask(t, http.MethodPut, fmt.Sprint("/pipeline_schedules/", trigger.ID),
		map[string]any{"pipeline_schedule": map[string]any{"id": trigger.ID, "status": "active"}}, "pipeline_schedule", &struct{}{})
	var r pipelineRun
	m.ask(t, http.MethodPost, fmt.Sprintf("/pipeline_schedules/%d/pipeline_runs/%s", trigger.ID, trigger.Token),
		map[string]any{"pipeline_run": map[string]any{"variables": map[string]any{}}}, "pipeline_run", &r)
	for deadline := time.Now().Add(5 * time.Minute); r.Status == "initial" || r.Status == "running"; time.Sleep(time.Second) {
		if time.Now().After(deadline) {
			t.Fatalf("pipeline %s does not end", pipeline)
		}
		m.ask(t, http.MethodGet, fmt.Sprint("/pipeline_runs/", r.ID), nil, "pipeline_run", &r)
	}
	t.Logf("run %d of %s: %s, %s", r.ID, pipeline, r.Status, r.destination().counts())
	if r.Status != want {
		t.Errorf("run %d of pipeline %s is %s, want %s\n%s", r.ID, pipeline, r.Status, want, m.log(t, r, "*target*"))
	}
	return r
}

// log is what Mage has written of a block of a run.
func (m *mage) log(t *testing.T, r pipelineRun, block string) string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(m.data, "project", "pipelines", "*", ".logs", "*", "*", block+".log"))
	if err != nil || len(files) == 0 {
		t.Fatalf("there is no log of %s: %v", block, err)
	}
	newest, at := "", time.Time{}
	for _, file := range files {
		if info, err := os.Stat(file); err == nil && info.ModTime().After(at) {
			newest, at = file, info.ModTime()
		}
	}
	text, err := os.ReadFile(newest)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("log of run %d:\n%s", r.ID, tail(text, 8000))
	return string(text)
}

// stored counts the rows of a table.
func (m *mage) stored(t *testing.T, table string, rows, highest int) {
	t.Helper()
	var count, last int
	db := openPostgres(t, m.database)
	if err := db.QueryRow(`SELECT count(*), max(id) FROM mage.`+table).Scan(&count, &last); err != nil {
		t.Fatal(err)
	}
	if count != rows || last != highest {
		t.Errorf("%s holds %d rows up to %d, want %d up to %d", table, count, last, rows, highest)
	}
}

// bookmark reads the state as Mage does before the next run.
func (m *mage) bookmark(t *testing.T, want int) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(m.data, "project", "pipelines", "orders", "acme_crm", "orders", "*_state"))
	if err != nil || len(files) != 1 {
		t.Fatalf("state files: %v, %v", files, err)
	}
	text, err := os.ReadFile(files[0])
	if err != nil {
		t.Fatal(err)
	}
	var state struct {
		Bookmarks struct{ Orders struct{ Line int } }
	}
	if err := json.Unmarshal(text, &state); err != nil || state.Bookmarks.Orders.Line != want {
		t.Errorf("the state is %s, want line %d", text, want)
	}
}
