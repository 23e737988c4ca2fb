import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { describeStack } from "../../cli/ciSummaryMarkdown";
import { readPreview } from "../../cli/ciSummaryPreview";
import { readStack } from "../../cli/ciSummaryRelationship";
import { type Estate, estateSchema } from "../../cli/estate/estate";
import { replicationPolicies } from "../../policy";
import { GroupReplication } from "../../sdk";
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
	expect([code, err]).toEqual([0, ""]);
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
	expect(changed).toContain("### `sales` (Group) changes");
	expect(changed).toContain("1. Suspend (22) at east");
	const ended = summaryOf({ op: "delete", oldState: { type, inputs, outputs: inputs } });
	expect(ended).toContain("`sales` (Group) ends");
	expect(ended).toContain("Detach (8), as the state says");
	expect(ended).toContain("Both groups and all disks stay");
});

test("policies judge it as they judge a mirror", () => {
	const judge = (props: object) => {
		const told: string[] = [];
		const group = {
			type: GroupReplication.__pulumiType,
			name: "sales",
			urn: `urn:pulumi:dev::program::${type}::sales`,
			props: {
				source: { host: "east", group: "Sales" },
				target: { host: "west", group: "Sales-DR" },
				syncMode: "synchronous",
				...props,
			},
			opts: { protect: true },
		};
		for (const { validateResource } of replicationPolicies({ windows: [] }))
			validateResource(group, (message) => told.push(message));
		return told;
	};
	expect(judge({ plannedOperations: ["1. Suspend (22) at east: it stands still [protectionLoss]"] })).toEqual([]);
	const loss = "1. Failover (10) at west: Sales-DR starts serving [dataLoss: writes of Sales]";
	expect(judge({ state: "failedOver", lost: "source", plannedOperations: [loss] })).toEqual([
		expect.stringMatching(/^sales: the plan destroys writes \(1\. Failover .*no reason/),
	]);
	const move = "1. ReverseRoles (20) at east: Sales-DR becomes the source of Sales [availability]";
	expect(judge({ state: "reversed", plannedOperations: [move] })).toEqual([
		expect.stringMatching(/^sales: the plan moves roles .*is in no window/),
	]);
	expect(judge({ syncMode: "asynchronous", plannedOperations: [] })).toEqual([
		expect.stringContaining("without maxDataLossSeconds"),
		expect.stringContaining("without recoveryPointObjectiveMinutes"),
	]);
});
