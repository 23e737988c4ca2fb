import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { describeStack } from "../../cli/ciSummaryMarkdown";
import { readPreview } from "../../cli/ciSummaryPreview";
import { readStack } from "../../cli/ciSummaryRelationship";
import { type Estate, estateSchema } from "../../cli/estate/estate";
import { rules } from "../../policy/rules";
import { makeEstateOfGroups, read } from "./listEstate";
import { run } from "./runCli";

const type = "pulumi-nodejs:dynamic/storageReplication:GroupReplication";
let folder = "";
let estate: Estate;
beforeAll(async () => {
	({ folder } = await makeEstateOfGroups());
	estate = await read({ stack: join(folder, "stack.json"), journal: join(folder, "ledger.jsonl") });
});

test("the relationship of two groups is listed as what it is, with what the last run left and the next one does", () => {
	expect(estateSchema.parse(estate)).toEqual(estate);
	expect(estate.relationships).toMatchObject([
		{
			name: "sales",
			kind: "Group",
			source: { host: "east", virtualDisk: "Sales" },
			target: { host: "west", virtualDisk: "Sales-DR" },
			declared: { state: "suspended" },
			satisfied: false,
			interrupted: { operation: "Suspend" },
			nextUp: { does: "runs", steps: [{ text: expect.stringContaining("Suspend (22) at east") }] },
			copy: null,
		},
	]);
});

test("a report tells it, its run and what stopped that", async () => {
	const sources = ["--stack", "stack.json", "--journal", "ledger.jsonl"];
	const { code, out, err } = await run(["report", ...sources, "--format", "markdown"], { cwd: folder });
	expect([code, err]).toEqual([0, expect.anything()]);
	expect(out).toContain("sales \\(Group\\): suspended, stopped with SR3013");
});

test("a preview's summary names its ends and what it does, and what its deletion leaves", () => {
	const urn = `urn:pulumi:dev::program::${type}::sales`;
	const inputs = {
		source: { host: "east", group: "Sales" },
		target: { host: "west", group: "Sales-DR" },
		state: "suspended",
		plannedOperations: ["1. Suspend (22) at east: the copy stands still [protectionLoss]"],
	};
	const summaryOf = (step: object) => {
		const preview = readPreview(JSON.stringify({ steps: [{ urn, ...step }], diagnostics: [] }));
		return preview === null ? "" : describeStack(readStack(preview));
	};
	const changed = summaryOf({ op: "update", newState: { type, inputs } });
	expect(changed).toContain("`Sales` at `east` to `Sales-DR` at `west`");
	expect(changed).toContain("(Group)");
	const ended = summaryOf({ op: "delete", oldState: { type, inputs, outputs: inputs } });
	expect(ended).toContain("Both groups and all disks stay");
});

test("policies judge it as they judge a mirror", () => {
	const names = rules.filter(({ types }) => types.includes(type)).map(({ name }) => name);
	expect(names).toEqual(
		expect.arrayContaining(["no-data-loss-without-reason", "no-role-change-outside-window", "active-needs-lag-gate"]),
	);
});
