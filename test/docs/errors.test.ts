import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { errorCodes } from "../../provider/model/errorCodes";
import { planTransition } from "../../provider/planner/planTransition";
import { readSituation } from "../../provider/planner/readSituation";

const text = readFileSync(join(__dirname, "..", "..", "docs", "errors.md"), "utf8");
const sections = [...text.matchAll(/^## (SR\d{4}) (\w+)$/gm)].map(([, code, name]) => ({ code, name }));
const table = [...text.matchAll(/^\| \d+ \| (SR\d{4}) \|/gm)].map(([, code]) => code);

test("every code has a section, and every section a code", () => {
	expect(sections).toEqual(Object.entries(errorCodes).map(([name, code]) => ({ code, name })));
	for (const section of text.split(/^## SR/m).slice(1)) {
		expect(section).toContain("**Is my data safe?**");
		expect(section).toContain("**What now?**");
	}
});

/** A situation for each row of the table, in the table's order. */
const here = { presence: "present", copyState: "Synchronized", direction: "forward", syncMode: "Synchronous" };
const lost = (end: string) => ({ reachable: { source: end !== "source", target: end !== "target" } });
const neither = { reachable: { source: false, target: false } };
const snapshot = { kind: "Snapshot" };
const copy = { ...here, syncType: "Snapshot" };
const restored = { ...snapshot, state: "active", restore: true };
const restoring = { ...copy, done: { restore: false } };
const inGroup = (...members: readonly object[]) => ({
	...here,
	copyState: "Mixed",
	subject: "group",
	members: members.map((member, index) => ({
		id: `orders-${index}`,
		copyState: "Synchronized",
		direction: "forward",
		...member,
	})),
});
const outside = { candidates: [{ id: "orders-9", presence: "present", copyState: "Split", direction: "forward" }] };
const morePairs = { state: "active", pairs: ["orders-0", "orders-9"] };
const beside = (at: string, role: string, copyState: string) => ({
	neighbours: [{ at, role, syncType: "Mirror", copyState }],
});
const rows: readonly (readonly [string, object, object, (object | undefined)?])[] = [
	["SR1001", { ...here, ...neither }, { state: "active" }],
	["SR1029", { ...here, group: "Orders" }, { state: "suspended" }],
	["SR1002", { presence: "absent" }, { state: "reversed" }],
	["SR1003", { presence: "absent", vanished: true }, { state: "active" }],
	["SR1004", { presence: "absent", ...lost("target") }, { state: "active" }],
	["SR1005", { ...here, syncType: "Clone" }, { state: "active" }],
	["SR1030", copy, { ...snapshot, state: "detached" }],
	["SR1006", { ...here, copyState: { unknown: 17 } }, { state: "active" }],
	["SR1031", inGroup({}, { direction: "reverse" }), { state: "suspended" }],
	["SR1032", inGroup({}, { read: false }), { state: "suspended" }],
	["SR1007", { ...here, copyState: "Suspended", ...lost("target") }, { state: "active" }],
	["SR1008", here, { state: "failedOver", to: "source" }],
	["SR1009", { ...here, copyState: "Failedover" }, { state: "failedOver", to: "source" }],
	["SR1010", { ...here, copyState: "Failedover" }, { state: "suspended" }],
	["SR1033", { ...copy, copyState: "Broken", restoreOpen: true }, { ...snapshot, state: "absent" }],
	["SR1020", here, { state: "suspended" }, { operations: ["Resume"] }],
	["SR1021", here, { state: "reversed" }, { operations: ["ReverseRoles"], features: [19] }],
	["SR1036", restoring, restored, { operations: null, features: [23] }],
	["SR1022", { ...here, copyState: "Failedover" }, { state: "reversed" }, { operations: null, features: [53, 32] }],
	["SR1037", { ...restoring, copyState: "Inactive" }, restored],
	["SR1023", { ...here, copyState: "Suspended", targetConsistent: false, ...lost("source") }, { state: "failedOver" }],
	["SR1027", { ...here, copyState: "Suspended", sourceConsistent: false }, { state: "active" }],
	["SR1028", { ...here, usable: { source: true, target: false } }, { state: "failedOver" }],
	["SR1024", here, { state: "absent" }, { operations: null, features: [16] }],
	["SR1025", { ...here, copyState: "Failedover" }, { state: "active", keep: "source" }],
	["SR1038", { ...inGroup({}), ...outside }, morePairs, { operations: null, features: [48] }],
	["SR1039", { ...inGroup({}), ...outside }, morePairs],
	["SR1026", { ...here, copyState: "Unsynchronized", ...lost("source") }, { state: "failedOver" }],
	["SR1040", { ...here, copyState: "Suspended" }, { state: "operation", operation: "Split" }],
	["SR1034", { ...restoring, ...beside("source", "source", "Synchronized") }, restored],
	["SR1035", { presence: "absent", ...beside("target", "target", "Synchronized") }, { ...snapshot, state: "active" }],
];

function refusalOf([, observed, desired, capabilities]: (typeof rows)[number]): string {
	const read = readSituation({ observed, desired, capabilities });
	if (!read.valid) throw new Error(read.reason);
	const answer = planTransition(read.situation);
	return answer.outcome === "refused" ? answer.code : `a plan: ${JSON.stringify(answer.steps)}`;
}

test("the table lists the refusals in the order in which they are looked for", () => {
	expect(table).toEqual(rows.map(([code]) => code));
	expect(rows.map(refusalOf)).toEqual(table);
});

test.each([
	[
		"no end can be read, and there is no relationship",
		{ presence: "absent", ...neither },
		{ state: "reversed" },
		"SR1001",
	],
	[
		"it vanished, and an end cannot be read",
		{ presence: "absent", vanished: true, ...lost("source") },
		{ state: "active" },
		"SR1003",
	],
	[
		"a clone in an unknown state",
		{ ...here, syncType: "Clone", copyState: { unknown: 17 } },
		{ state: "active" },
		"SR1005",
	],
	[
		"an unknown state with an end unreachable",
		{ ...here, copyState: { unknown: 17 }, ...lost("target") },
		{ state: "active" },
		"SR1006",
	],
	[
		"a disk of a group whose relationship vanished",
		{ presence: "absent", vanished: true, group: "Orders" },
		{ state: "active" },
		"SR1029",
	],
	[
		"a member in an unknown state, and roles that differ",
		inGroup({ copyState: { unknown: 17 } }, { direction: "reverse" }),
		{ state: "suspended" },
		"SR1006",
	],
	[
		"roles that differ, and an unread member",
		inGroup({}, { direction: "reverse" }, { read: false }),
		{ state: "suspended" },
		"SR1031",
	],
	[
		"an unread member, and one that is failed over",
		inGroup({ copyState: "Failedover" }, { read: false }),
		{ state: "suspended" },
		"SR1032",
	],
	[
		"an open restore, with an end unreachable",
		{ ...copy, copyState: "Broken", restoreOpen: true, ...lost("target") },
		{ ...snapshot, state: "active" },
		"SR1007",
	],
	[
		"a restore that is not advertised, onto a mirror",
		{ ...restoring, ...beside("source", "source", "Synchronized") },
		restored,
		"SR1020",
		{ operations: [] },
	],
	[
		"failed over, split, with an end unreachable",
		{ ...here, copyState: "Failedover", ...lost("target") },
		{ state: "split" },
		"SR1007",
	],
] satisfies readonly (readonly [string, object, object, string, object?])[])(
	"of two causes the earlier is reported: %s",
	(_, observed, desired, code, capabilities?: object) => {
		expect(refusalOf([code, observed, desired, capabilities])).toBe(code);
	},
);
