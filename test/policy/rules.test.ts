import { expect, test } from "vitest";
import { type PolicySettings, type RuleName, replicationPolicies, rules, type ValidatedResource } from "../../policy";
import { replanLine } from "../../provider/planner/describePlan";
import { VirtualDiskClone, VirtualDiskReplication, VirtualDiskSnapshot } from "../../sdk";

const loss = "1. Failover (10) at west: Orders-DR starts serving [dataLoss: writes of Orders]";
const move = "1. ReverseRoles (20) at east: Orders-DR becomes the source of Orders [availability]";
const pause = "1. Suspend (22) at east: Orders-DR stops following; changes are tracked [protectionLoss]";
const hosts = {
	east: { kind: "ssh", address: "mgmt-east" },
	west: { kind: "simulator" },
	old: { kind: "report", file: "r" },
};
const saturday = () => new Date("2026-11-28T23:00:00Z");
const windows = [{ days: ["Sat"], from: "22:00", to: "02:00" }] as const;

function resource({ stack = "dev", protect = true, ...props }: Readonly<Record<string, unknown>>): ValidatedResource {
	return {
		type: VirtualDiskReplication.__pulumiType,
		name: "orders",
		urn: `urn:pulumi:${stack}::program::${VirtualDiskReplication.__pulumiType}::orders`,
		props: {
			source: { host: "east", virtualDisk: "Orders" },
			target: { host: "east", virtualDisk: "Orders-DR" },
			syncMode: "synchronous",
			plannedOperations: [],
			...props,
		},
		opts: { protect: protect === true },
		provider: { props: { "storageReplication:hosts": JSON.stringify(hosts) } },
	};
}

/** Names of the rules that are violated. */
function violated(of: ValidatedResource, settings: PolicySettings = {}): RuleName[] {
	return replicationPolicies(settings).flatMap(({ name, validateResource }) => {
		const told: string[] = [];
		validateResource(of, (message) => told.push(message));
		for (const message of told) expect(message).toMatch(/^orders: .*\.$/);
		return told.length === 0 ? [] : [name];
	});
}

const [reason, outside, gate, objective, simulator, label, expiry, everything] = rules.map(({ name }) => name);

test.each<[string, Readonly<Record<string, unknown>>, PolicySettings, (RuleName | undefined)[]]>([
	["all is well", {}, {}, []],
	["a loss without a reason", { plannedOperations: [loss] }, {}, [reason]],
	["a loss with one", { plannedOperations: [loss], reason: "CHG-1" }, {}, []],
	[
		"a loss with a reason of another form",
		{ plannedOperations: [loss], reason: "because" },
		{ reason: /^CHG-\d+$/g },
		[reason],
	],
	["a loss with a reason of the form", { plannedOperations: [loss], reason: "CHG-1" }, { reason: /^CHG-\d+$/g }, []],
	["no loss, no reason", { plannedOperations: [move, pause] }, { reason: /^CHG-\d+$/ }, []],
	["what may come after a wait", { plannedOperations: [replanLine] }, {}, [reason]],
	["roles move inside a window", { plannedOperations: [move] }, { windows, now: saturday }, []],
	[
		"roles move outside",
		{ plannedOperations: [move] },
		{ windows, now: () => new Date("2026-11-27T23:00:00Z") },
		[outside],
	],
	["roles may move never", { plannedOperations: [move] }, { windows: [], now: saturday }, [outside]],
	["roles stay outside", { plannedOperations: [pause] }, { windows: [] }, []],
	["a disaster outside", { plannedOperations: [move], lost: "source" }, { windows: [] }, []],
	[
		"a disaster, where that is no excuse",
		{ plannedOperations: [move], lost: "source" },
		{ windows: [], lostAtAnyTime: false },
		[outside],
	],
	["after a wait, outside", { plannedOperations: [replanLine], reason: "CHG-1" }, { windows: [] }, [outside]],
	["asynchronous, no gate", { syncMode: "asynchronous", recoveryPointObjectiveMinutes: 5 }, {}, [gate]],
	["any mode, no gate", { syncMode: undefined, state: "active" }, {}, [gate]],
	["no gate, suspended", { syncMode: undefined, state: "suspended" }, {}, []],
	["a gate", { syncMode: undefined, maxDataLossSeconds: 30 }, { maxDataLossSeconds: 30 }, []],
	["a gate that is too wide", { syncMode: undefined, maxDataLossSeconds: 31 }, { maxDataLossSeconds: 30 }, [gate]],
	["asynchronous, no objective", { syncMode: "asynchronous", maxDataLossSeconds: 30 }, {}, [objective]],
	["a simulator", { target: { host: "west", virtualDisk: "Orders-DR" } }, {}, []],
	["a simulator in production", { stack: "prod", target: { host: "west", virtualDisk: "Orders-DR" } }, {}, [simulator]],
	["a report in production", { stack: "prod", target: { host: "old", virtualDisk: "Orders-DR" } }, {}, [simulator]],
	[
		"the host simulator in production",
		{ stack: "prod", source: { host: "simulator", virtualDisk: "Orders" } },
		{},
		[simulator],
	],
	["real hosts in production", { stack: "production" }, {}, []],
	[
		"another name of production",
		{ stack: "live", target: { host: "west", virtualDisk: "Orders-DR" } },
		{ production: /^live$/ },
		[simulator],
	],
	["not protected", { protect: false }, {}, [label]],
	["not protected, labelled", { protect: false, reason: "RETIRE CHG-1" }, {}, []],
	["not protected, labelled otherwise", { protect: false, reason: "RETIRE CHG-1" }, { label: /^GONE/ }, [label]],
])("%s", (_, props, settings, expected) => {
	expect(violated(resource(props), settings)).toEqual(expected);
});

const taken = "1. ResyncReplica (14) at east: Orders-Snap is taken anew [dataLoss: the point in time of Orders-Snap]";
const given = "1. ReturnToResourcePool (19) at east: Orders-Snap is deleted [dataLoss: the disk Orders-Snap]";

function copy({
	type = VirtualDiskSnapshot.__pulumiType,
	...props
}: Readonly<Record<string, unknown>>): ValidatedResource {
	const target = { virtualDisk: "Orders-Snap", storagePool: "Pool" };
	return { ...resource({ syncMode: undefined, target, kind: "Snapshot", ...props }), type: String(type) };
}

test.each<[string, Readonly<Record<string, unknown>>, PolicySettings, (RuleName | undefined)[]]>([
	["all is well", {}, {}, []],
	["a clone", { type: VirtualDiskClone.__pulumiType }, {}, []],
	["a point in time goes without a reason", { plannedOperations: [taken] }, {}, [reason]],
	["a disk goes without a reason", { plannedOperations: [given] }, {}, [reason]],
	["a point in time goes with one", { plannedOperations: [taken], reason: "CHG-1" }, { reason: /^CHG/ }, []],
	// A copy has no roles, no mode and no lag, whatever is not known of its plan.
	["after a wait, outside every window", { plannedOperations: [replanLine], reason: "CHG-1" }, { windows: [] }, []],
	["active, and no gate", { state: "active" }, { maxDataLossSeconds: 0 }, []],
	["on the host of its source", { stack: "prod" }, {}, []],
	["on a simulator in production", { stack: "prod", target: { host: "west", virtualDisk: "x" } }, {}, [simulator]],
	["of a simulator in production", { stack: "prod", source: { host: "west", virtualDisk: "x" } }, {}, [simulator]],
	["not protected", { protect: false }, {}, [label]],
	["protected, and it ends by itself", { expiresAt: "2999-01-01T00:00:00Z" }, {}, [label]],
	[
		"labelled, and it ends by itself",
		{ expiresAt: "2999-01-01T00:00:00Z", protect: false, reason: "RETIRE 1" },
		{},
		[],
	],
	["a drill without an end", { expendable: "everything", reason: "RETIRE 1" }, {}, [expiry]],
	[
		"a drill without a reason",
		{ expendable: "everything", expiresAt: "2999-01-01T00:00:00Z" },
		{ label: /^/ },
		[everything],
	],
	["a drill", { expendable: "everything", expiresAt: "2999-01-01T00:00:00Z", reason: "RETIRE 1" }, {}, []],
	["its point in time may go", { expendable: "pointInTime" }, {}, []],
])("of a copy: %s", (_, props, settings, expected) => {
	expect(violated(copy(props), settings)).toEqual(expected);
});

test("what goes with a copy is said, and where it is that names no host", () => {
	const told: string[] = [];
	const { provider: _, ...unseen } = copy({ stack: "prod" });
	for (const { validateResource } of replicationPolicies()) validateResource(unseen, (text) => told.push(text));
	expect(told).toEqual([expect.stringContaining("the hosts east and east are not known here")]);
	const returned = copy({ protect: false, deletePolicy: "returnToResourcePool", plannedOperations: [given] });
	for (const { validateResource } of replicationPolicies()) validateResource(returned, (text) => told.push(text));
	expect(told.slice(1).join("\n")).toMatch(
		/the plan destroys data \(.*the disk Orders-Snap\]\).*\n.*its disk can be deleted, by deletion/,
	);
});

test("production whose hosts cannot be seen is not taken for well", () => {
	const { provider: _, ...unseen } = resource({ stack: "prod" });
	expect(violated(unseen)).toEqual([simulator]);
});

test("the reason of the run comes before the argument", () => {
	process.env.STORAGE_REPLICATION_REASON = "CHG-2";
	try {
		expect(violated(resource({ plannedOperations: [loss], reason: "because" }), { reason: /^CHG/ })).toEqual([]);
	} finally {
		delete process.env.STORAGE_REPLICATION_REASON;
	}
});

test("a pattern with the flag g says the same each time", () => {
	const judged = resource({ plannedOperations: [loss], reason: "CHG-1" });
	const settings = { reason: /^CHG/g };
	expect([1, 2, 3].map(() => violated(judged, settings))).toEqual([[], [], []]);
});

test("resources of other types are not judged", () => {
	expect(violated({ ...resource({ protect: false }), type: "aws:s3:Bucket" })).toEqual([]);
});

test("a pack decides how each rule is enforced", () => {
	const levels = replicationPolicies({ enforcement: { "deletion-needs-label": "advisory" } });
	expect(levels.map(({ enforcementLevel }) => enforcementLevel)).toEqual([
		...Array(5).fill("mandatory"),
		"advisory",
		...Array(2).fill("mandatory"),
	]);
});
