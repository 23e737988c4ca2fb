import { beforeEach, expect } from "vitest";
import { SimulatedClock } from "../../provider/executor/clock";
import type { CallAnswer, Host, HostObservation, ReplicationGroups } from "../../provider/executor/host";
import type { Bag } from "../../provider/lifecycle/arguments";
import { check, create, diff, remove, update } from "../../provider/lifecycle/replicationGroup";
import type { Session } from "../../provider/lifecycle/session";
import { session, sites, useSites } from "./session";

export const sales: Bag = {
	kind: "ReplicationGroup",
	host: "east",
	storageSubsystem: "east-array",
	friendlyName: "Sales",
	members: ["Orders", "Ledger"],
	resourceUrn: "urn:pulumi:dev::program::pulumi-nodejs:dynamic/storageReplication:ReplicationGroup::sales",
};

/** Two arrays with three pairs, whose array in the east has groups without anything special; new for each test. */
export function useGroups(): void {
	useSites(["Orders", "Ledger", "Stock"].map((source) => ({ source, target: `${source}-DR` })));
	beforeEach(() => sites.array("east-array").groups({ features: [] }));
}

/** What the engine keeps of the resource between runs. */
export interface Kept {
	readonly id: string;
	readonly inputs: Bag;
	readonly outs: Bag;
}

export interface Ran {
	readonly kept: Kept;
	/** Lines of the preview. */
	readonly planned: unknown;
	readonly did: "created" | "updated" | "same" | "replaced";
}

/** One `up` in one process: check and diff, and what follows from them in the engine's order. */
export async function up(news: Bag, before: Kept | null = null, run: Session = session()): Promise<Ran> {
	const checked = async (olds: Bag): Promise<Bag> => {
		const { inputs, failures } = await check(run, olds, { ...sales, ...news });
		expect(failures).toEqual([]);
		return { ...inputs, __provider: "text" };
	};
	const inputs = await checked(before?.inputs ?? {});
	const planned = inputs.plannedOperations;
	if (before === null) return { kept: { inputs, ...(await create(run, inputs)) }, planned, did: "created" };
	const { changes, replaces, deleteBeforeReplace } = await diff(run, before.outs, inputs);
	if (replaces.length > 0) {
		// What replaces another one is asked for once more, as a new one.
		const anew = await checked({});
		if (deleteBeforeReplace) await remove(run, before.id, before.outs);
		const kept = { inputs: anew, ...(await create(run, anew)) };
		if (!deleteBeforeReplace) await remove(run, before.id, before.outs);
		return { kept, planned, did: "replaced" };
	}
	if (!changes) return { kept: { ...before, inputs }, planned, did: "same" };
	return {
		kept: { ...before, inputs, ...(await update(run, before.id, before.outs, inputs)) },
		planned,
		did: "updated",
	};
}

export async function refusalOf(news: Bag, olds: Bag = {}): Promise<string> {
	const { failures } = await check(session(), olds, { ...sales, ...news });
	return failures.map(({ property, reason }) => `${property}: ${reason}`).join("\n");
}

/** A host on which some calls on groups are answered otherwise; nobody sits through what is waited for. */
export function answering(change: (calls: ReplicationGroups, host: Host) => Partial<ReplicationGroups>): Session {
	const run = session((host) => {
		const { groups } = host;
		if (groups !== undefined) Object.assign(host, { groups: { ...groups, ...change(groups, host) } });
	});
	return Object.assign(run, { clock: new SimulatedClock() });
}

export const answerOf = (returnCode: number, jobId: string | null = null): CallAnswer => ({
	returnCode,
	jobId,
	message: null,
});

/** A host that shows something else than it does. */
export function showing(change: (seen: HostObservation) => HostObservation): (host: Host) => void {
	return (host) => {
		const observe = host.observe.bind(host);
		host.observe = async () => change(await observe());
	};
}

export const group = (name = "Sales") => {
	const { groups = [], disks } = sites.look();
	const found = groups.filter((each) => each.name === name);
	expect(found.length).toBeLessThan(2);
	return found[0]?.members.map((id) => disks.find(({ uniqueId }) => uniqueId === id)?.name) ?? null;
};
export const sent = () => sites.calls().map(({ method }) => method.replace(/^.*\./, ""));
export const idOf = (name: string) => sites.look().disks.find((disk) => disk.name === name)?.uniqueId ?? "";

export async function groupsAre(
	...made: readonly { readonly name: string; readonly members: readonly string[] }[]
): Promise<void> {
	const groups = made.map(({ name, members }, index) => ({
		name,
		uniqueId: `70000000000000${90 + index}`,
		array: "east-array",
		members: members.map(idOf),
	}));
	await sites.change((world) => {
		world.groups = groups;
	});
}

/** Sales is in a relationship with a group of the other array. */
export async function relate(): Promise<void> {
	const { groups = [] } = sites.look();
	const own = groups.find(({ name }) => name === "Sales");
	const members = own?.members.map((id) => {
		const { name } = sites.look().disks.find(({ uniqueId }) => uniqueId === id) ?? { name: "" };
		return idOf(`${name}-DR`);
	});
	await sites.change((world) => {
		world.groups = [
			...groups,
			{ name: "Sales-DR", uniqueId: "7000000000000099", array: "west-array", members: members ?? [] },
		];
		world.groupRelationships = [
			{ id: "together", source: own?.uniqueId ?? "", target: "7000000000000099", consistent: false },
		];
	});
}

/** What check lets through, as create gets it. */
export async function checked(news: Bag, run: Session = session()): Promise<Bag> {
	const { inputs, failures } = await check(run, {}, { ...sales, ...news });
	expect(failures).toEqual([]);
	return { ...inputs, __provider: "text" };
}
