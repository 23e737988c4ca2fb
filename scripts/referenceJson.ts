import { describe, tableOf } from "./referenceFields";

/** What a command prints with --json, and where its fields are described: a source and its declarations, the outermost first. */
const printed = [
	{
		command: "status --source … --target … --json",
		what: "One object.",
		from: [
			["provider/status.ts", "Status"],
			["provider/status.ts", "DiskHealth"],
		],
	},
	{
		command: "status --source-group … --target-group … --json",
		what: "One object: as that of two disks, without `complete`, `pointInTime` and `health`, and with these.",
		from: [
			["provider/status.ts", "GroupsStatus"],
			["provider/status.ts", "PairStatus"],
		],
	},
	{
		command: "status --host … --json",
		what: "One object; its relationships are the worst first.",
		from: [
			["provider/hostStatus.ts", "HostStatus"],
			["provider/hostStatus.ts", "ListedRelationship"],
			["provider/hostStatus.ts", "ListedGroups"],
			["provider/hostStatus.ts", "ListedDisk"],
		],
	},
	{
		command: "history --json",
		what: "A run a line. The lines that it is made of are those of the [ledger](ledger.md#lines).",
		from: [
			["provider/ledger/runs.ts", "LedgerRun"],
			["provider/ledger/runs.ts", "LedgerStep"],
			["provider/ledger/runs.ts", "LedgerCall"],
		],
	},
	{
		command: "doctor --json",
		what: "A list of what was found, a host each.",
		from: [
			["cli/doctor.ts", "Examination"],
			["cli/doctor/finding.ts", "Finding"],
		],
	},
] as const;

/** docs/json.md: what scripts may rely on. */
export function jsonPage(): string {
	return `# What --json prints

Every command that shows something has \`--json\`. Errors are one line on standard error all the same, and the exit code tells.
A field is there in every answer, unless it says otherwise; what is not known is null. New releases may add fields
([upgrading.md](upgrading.md)).

| command | prints | described in |
| --- | --- | --- |
| \`plan --json < situations.jsonl\` | an answer a line | [planning.md](planning.md#answer) |
| \`plan --source … --target … --json\` | one answer | [planning.md](planning.md#one-relationship-observed-now) |
| \`operation … --json\` | one answer as \`plan\` gives it, and unless it is a dry run \`before\`, \`after\`, and \`stop\` (the error; null: it was done) | [safety.md](safety.md#operations-on-request) |
| \`expire … --json\` | a list, one a copy of the stack: \`name\`, \`urn\`, \`expiresAt\`, \`outcome\` (\`notDue\`, \`kept\`, \`gone\`, \`planned\`, \`ended\`, \`failed\`), \`plannedOperations\`, \`warnings\`, \`approval\`, \`error\` | [cli.md](cli.md) |
| \`list --json\`, \`report --json\` | one object: the estate; its JSON schema is \`list --schema\` | [monitoring.md](monitoring.md#exit-codes) |
| \`simulator show --json\` | the simulator's file as it is now; its layout is its own | [simulator.md](simulator.md#the-file) |
${printed.map(({ command }) => `| \`${command}\` | see below | |`).join("\n")}
${printed
	.map(
		({ command, what, from }) =>
			`\n## ${command}\n\n${what}\n\n${from
				.map(([path, name], index) => {
					const { text, fields } = describe(path, name);
					const told = fields.map((field) => ({ ...field, optional: true }));
					return `${index === 0 ? "" : `\`${name}\`: `}${text}\n\n${tableOf(told)}`;
				})
				.join("\n\n")}`,
	)
	.join("\n")}
`;
}
