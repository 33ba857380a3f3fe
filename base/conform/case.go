package conform

// Case is one test of the list.
type Case struct {
	Number  int
	Name    string
	Asserts string // what is demanded
	Why     string // what goes wrong in practice where it does not hold
	Mend    string // where to look when it fails

	// Inside tells that the test needs a program that understands Faults.
	Inside bool

	// Claims are what the program must claim, one of each list; see Claim.
	Claims [][]string

	run func(p *probe)
}

// What a program may claim, beside the names of its settings and capabilities in
// --about: with mage-dest conform --claim, or in base.Info.
const (
	// ClaimUpsert: a stream with keys has one row per key; the last one wins.
	ClaimUpsert = "upsert"
	// ClaimVersions: ACTIVATE_VERSION removes, or marks, the rows of other versions.
	ClaimVersions = "activate_version"
	// ClaimHardDelete: a record with _sdc_deleted_at removes the row of its key.
	ClaimHardDelete = "hard_delete_records"
	// ClaimSoftDelete: such a record marks the row of its key.
	ClaimSoftDelete = "soft_delete_records"
	// ClaimEvolution: a column that a later schema has is added to what is there.
	ClaimEvolution = "schema_evolution"
	// ClaimMetadata: rows bear columns that say when they were written.
	ClaimMetadata = "metadata_columns"
	// ClaimAbout: --about --format=json tells settings and capabilities.
	ClaimAbout = "about"
	// ClaimBase: the program stands on package base: it has its flags and settings.
	ClaimBase = "base"
	// ClaimConnectionTest: --test_connection says whether the store can be reached.
	ClaimConnectionTest = "test_connection"
	// ClaimBadConfig: the caller knows a config with which nothing can be stored.
	ClaimBadConfig = "bad_config"
)

// Cases is the list, in the order of its numbers.
func Cases() []Case {
	return []Case{
		version(), aboutForms(), settingTexts(), aboutAlone(), sampleConfig(),
		requiredSettings(), wrongTypes(), secrets(), sources(), connectionTest(),
		stdoutIsState(), recordBeforeSchema(), invalidSchema(), malformedLine(), oddLines(),
		longLine(), repeatedSchema(), cutInput(),
		numbers(), texts(), names(), containers(), absentValues(),
		noKey(), upsert(), duplicateKeys(), keyFaults(), keyChange(),
		deletes(), versions(), evolution(), metadata(),
		limits(), manyStreams(), stateFollowsData(), stateOrder(), stateOnly(),
		oneStreamFails(), alwaysFailing(), retries(), partialFailures(),
		termination(), kill(), endurance(),
	}
}
