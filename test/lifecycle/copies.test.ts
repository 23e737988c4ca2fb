import { describe, expect, test } from "vitest";
import type { Bag } from "../../provider/lifecycle/arguments";
import { check } from "../../provider/lifecycle/check";
import { create } from "../../provider/lifecycle/create";
import { remove } from "../../provider/lifecycle/delete";
import { diff } from "../../provider/lifecycle/diff";
import { hostTimeFor, hostTimeOrOurs } from "../../provider/lifecycle/hostTime";
import { read } from "../../provider/lifecycle/read";
import { update } from "../../provider/lifecycle/update";
import { synchronizedCopyState as states } from "../../provider/model/vocabulary/relationship";
import { heard, orders, session, sites, useSites, warnings } from "./session";

useSites();

const snapshot: Bag = {
	kind: "Snapshot",
	source: { host: "east", virtualDisk: "Orders" },
	target: { virtualDisk: "Orders-Snap", storagePool: "Pool" },
	resourceUrn: "urn:pulumi:dev::program::pulumi-nodejs:dynamic/storageReplication:VirtualDiskSnapshot::snap",
	__provider: "text",
};
const clone: Bag = {
	...snapshot,
	kind: "Clone",
	target: { virtualDisk: "Orders-Copy", storagePool: "Pool" },
	resourceUrn: "urn:pulumi:dev::program::pulumi-nodejs:dynamic/storageReplication:VirtualDiskClone::copy",
};

/** As the engine does it: check, then create or update; the state is what the last one left. */
class Declared {
	state: Bag = {};
	private inputs: Bag = {};
	private id = "";

	constructor(private readonly args: Bag) {}

	async plan(more: Bag = {}): Promise<readonly string[]> {
		const { inputs, failures } = await check(session(), this.inputs, { ...this.args, ...more });
		if (failures.length > 0) throw new Error(failures.map(({ reason }) => reason).join("\n"));
		return inputs.plannedOperations as string[];
	}

	async up(more: Bag = {}): Promise<Bag> {
		const process = session();
		const { inputs, failures } = await check(process, this.inputs, { ...this.args, ...more });
		if (failures.length > 0) throw new Error(failures.map(({ reason }) => reason).join("\n"));
		const given = { ...inputs, __provider: "text" };
		if (this.id === "") {
			const { id, outs } = await create(process, given);
			this.id = id;
			this.state = outs;
		} else {
			const { changes } = await diff(process, this.state, given);
			if (changes) this.state = (await update(process, this.id, this.state, given)).outs;
		}
		this.inputs = given;
		return this.state;
	}

	async difference(more: Bag = {}) {
		const process = session();
		const { inputs } = await check(process, this.inputs, { ...this.args, ...more });
		return diff(process, this.state, { ...inputs, __provider: "text" });
	}

	refresh = () => read(session(), this.id, this.state);
	destroy = () => remove(session(), this.id, this.state);
	get identity(): string {
		return this.id;
	}
	get given(): Bag {
		return this.inputs;
	}
}

const received = () =>
	sites
		.calls()
		.filter(({ method }) => method !== "Discover")
		.map(({ operation, method }) => operation ?? method);
const contentOf = (name: string) => sites.look().disks.find((disk) => disk.name === name)?.content;
const tokenIn = (text: string) => /approval: "([^"]+)"/.exec(text)?.[1];
const failure = async (run: Promise<unknown>) =>
	run.then(
		() => "",
		(error: unknown) => String(error),
	);

describe("a snapshot", () => {
	test("is taken, taken anew when triggers change, and remembers what was done", async () => {
		const snap = new Declared(snapshot);
		expect(await snap.plan({ triggers: 1 })).toEqual([expect.stringContaining("CreateReplica at east")]);
		const made = await snap.up({ triggers: 1 });
		expect(made).toMatchObject({ copyState: "Synchronized", complete: true, restored: null, ended: null });
		expect(snap.identity).toMatch(/^snapshot:6000100000000001:/);
		await snap.up({ triggers: 1 });
		expect(received()).toEqual(["CreateReplica"]);

		await sites.write("Orders", 3);
		const missing = await failure(snap.up({ triggers: 2 }));
		expect(missing).toContain("SR5001");
		const retaken = await snap.up({ triggers: 2, expendable: "everything" });
		expect(received()).toEqual(["CreateReplica", "ResyncReplica"]);
		expect(contentOf("Orders-Snap")).toEqual(contentOf("Orders"));
		expect(Date.parse(String(retaken.pointInTime))).toBeGreaterThan(Date.parse(String(made.pointInTime)));
		await snap.up({ triggers: 2, expendable: "everything" });
		expect(received()).toHaveLength(2);
		expect(heard.join("\n")).not.toContain("token");
	});

	test("is not restored onto a mirror's source before that mirror is split, nor by the run that makes it", async () => {
		expect(await failure(new Declared(snapshot).up({ restore: "INC-1" }))).toContain("SR2018");
		const snap = new Declared(snapshot);
		await snap.up();
		await sites.write("Orders", 3);
		expect(await failure(snap.up({ restore: "INC-1" }))).toContain("SR1034");
		await sites.change((world) => {
			for (const mirror of world.relationships) if (mirror.syncType === 6) mirror.copyState = 7;
		});
		expect(await failure(snap.up({ restore: "INC-1" }))).toContain("SR5001");
		expect(received().filter((name) => name === "RestoreFromReplica")).toEqual([]);
	});

	test("is not made where it may only be there already", async () => {
		expect(await failure(new Declared(snapshot).plan({ create: "never" }))).toContain("SR2009");
	});

	test("ends by its deletePolicy: returned, its disk is gone", async () => {
		const snap = new Declared({ ...snapshot, deletePolicy: "returnToResourcePool" });
		expect(await failure(snap.plan())).toContain("SR2021");
		await snap.up({ expendable: "everything" });
		expect(await snap.destroy()).toBe("ended");
		expect(received()).toEqual(["CreateReplica", "ReturnToResourcePool"]);
		expect(sites.look().disks.map(({ name }) => name)).not.toContain("Orders-Snap");
	});

	test("expires: the first up after that ends it, and its resource stays to say so", async () => {
		const past = "1970-01-01T00:00:00Z";
		const snap = new Declared({ ...snapshot, expendable: "everything", deletePolicy: "returnToResourcePool" });
		expect(await failure(snap.up({ expiresAt: past }))).toContain("SR2019");
		await snap.up({ expiresAt: new Date(Date.now() + 3_600_000).toISOString() });
		const expired = await snap.up({ expiresAt: past });
		expect(expired).toMatchObject({ copyState: "absent", ended: "expired" });
		expect(received()).toEqual(["CreateReplica", "ReturnToResourcePool"]);
		await snap.up({ expiresAt: past });
		expect((await snap.refresh()).props).toMatchObject({ ended: "expired" });
		expect(await snap.destroy()).toBe("ended");
		expect(received()).toHaveLength(2);
	});

	const past = { expiresAt: "1970-01-01T00:00:00Z" };
	/** Taken, and given back with its disk because its time came. */
	async function returned(): Promise<Declared> {
		const snap = new Declared({ ...snapshot, expendable: "everything", deletePolicy: "returnToResourcePool" });
		await snap.up({ expiresAt: new Date(Date.now() + 3_600_000).toISOString() });
		await snap.up(past);
		expect(received()).toEqual(["CreateReplica", "ReturnToResourcePool"]);
		return snap;
	}

	test("whose time has come is neither restored nor taken anew, and does not say so", async () => {
		const snap = new Declared(snapshot);
		const { record } = await snap.up({ triggers: 1 });
		const { copy } = record as { readonly copy: Bag };
		const ended = await snap.up({ triggers: 2, restore: "INC-1", ...past });
		expect(ended).toMatchObject({ ended: "expired", restored: null, record: { copy: { restoreDone: null } } });
		expect(ended).toMatchObject({ record: { copy: { triggersDone: copy.triggersDone } } });
		expect(received()).toEqual(["CreateReplica", "Dissolve"]);
	});

	test("that was returned does not overwrite somebody else's disk that has its name by now", async () => {
		const snap = await returned();
		await sites.change((world) => {
			const [orders] = world.disks;
			if (orders !== undefined)
				world.disks.push({ ...orders, name: "Orders-Snap", uniqueId: "6000100000000009", content: [[1, 5]] });
		});
		expect(await failure(snap.up())).toContain("SR5007");
		expect(received()).toHaveLength(2);
		expect(contentOf("Orders-Snap")).toEqual([[1, 5]]);
	});

	test("that was returned is no other copy, and is taken again under its name", async () => {
		const snap = await returned();
		const { targetUniqueId } = snap.state;
		expect(await snap.difference(past)).toMatchObject({ changes: false, replaces: [] });
		expect(await snap.difference()).toMatchObject({ changes: true, replaces: [] });
		const again = await snap.up();
		expect(again).toMatchObject({ copyState: "Synchronized", complete: true });
		expect(again.targetUniqueId).not.toBe(targetUniqueId);
		warnings.length = 0;
		await snap.up();
		expect(warnings).toEqual([]);
		expect(received()).toEqual(["CreateReplica", "ReturnToResourcePool", "CreateReplica"]);
	});

	test("whose disk went back to the pool takes a place, as its error says, and is made anew", async () => {
		const kept = { ...snapshot, expendable: "everything", deletePolicy: "returnToResourcePool" };
		const snap = new Declared({ ...kept, target: { virtualDisk: "Orders-Snap" } });
		// Somebody made the disk, and gave no thought to a pool.
		await sites.change(({ disks }) => {
			const [disk] = disks.filter(({ name }) => name === "Orders");
			if (disk !== undefined) disks.push({ ...disk, uniqueId: "6000000000000077", name: "Orders-Snap", content: [] });
		});
		const approval = tokenIn(await failure(snap.up()));
		await snap.up({ approval });
		const elsewhere = { target: { virtualDisk: "Orders-Snap", storagePool: "Pool" } };
		expect(await failure(snap.plan(elsewhere)), "while it is there").toContain("SR2020");
		expect(await snap.up({ expiresAt: "1970-01-01T00:00:00Z" })).toMatchObject({ ended: "expired" });
		expect(await failure(snap.plan())).toMatch(/SR2005.*give target\.storagePool/);
		expect(await snap.plan(elsewhere)).toEqual([expect.stringContaining("CreateReplica at east: Orders-Snap")]);
		expect(await snap.up(elsewhere)).toMatchObject({ copyState: "Synchronized", complete: true, ended: null });
		expect(received()).toEqual(["CreateReplica", "ReturnToResourcePool", "CreateReplica"]);
	});

	test("that replaces one whose disk is gone is not ended with it, although it has that one's name", async () => {
		// The name alone would be refused: it means another disk than before.
		const byId = { ...snapshot, target: { virtualDisk: "6000000000000099", storagePool: "Pool" } };
		const snap = new Declared({ ...snapshot, expendable: "everything", deletePolicy: "returnToResourcePool" });
		const old = await snap.up();
		await sites.change((world) => {
			world.relationships = world.relationships.filter(({ syncType }) => syncType === 6);
			world.disks = world.disks.map((disk) =>
				disk.name === "Orders-Snap" ? { ...disk, uniqueId: "6000000000000099" } : disk,
			);
		});
		const { inputs } = await check(session(), old, byId);
		const approval = tokenIn(await failure(create(session(), { ...inputs, __provider: "text" })));
		const process = session();
		const replacement = await check(process, old, { ...byId, approval });
		await create(process, { ...replacement.inputs, __provider: "text" });
		expect(await remove(process, snap.identity, old)).toBe("kept");
		expect(received()).toEqual(["CreateReplica", "CreateReplica"]);
	});

	test("that is another disk than the run's own checks have seen is left alone: it is somebody else's", async () => {
		const returned = { ...snapshot, expendable: "everything", deletePolicy: "returnToResourcePool" };
		const old = await new Declared(returned).up();
		const process = session();
		const { inputs } = await check(process, old, { ...returned, expiresAt: "1970-01-01T00:00:00Z" });
		const given = { ...inputs, __provider: "text" };
		expect((await diff(process, old, given)).replaces).toEqual([]);
		await sites.change((world) => {
			const id = "6000000000000099";
			const copy = world.relationships.find(({ syncType }) => syncType !== 6);
			world.disks = world.disks.map((disk) => (disk.uniqueId === copy?.target ? { ...disk, uniqueId: id } : disk));
			if (copy !== undefined) Object.assign(copy, { id: "another", target: id });
		});
		expect(await failure(update(process, "id", old, given))).toContain("SR5001");
		expect(received()).toEqual(["CreateReplica"]);
	});

	test("is not expendable under another id, whatever its name and its source are: it may be somebody else's", async () => {
		const returned = { ...snapshot, expendable: "everything", deletePolicy: "returnToResourcePool" };
		const snap = new Declared(returned);
		const old = await snap.up();
		await sites.change((world) => {
			const id = "6000000000000099";
			const copy = world.relationships.find(({ syncType }) => syncType !== 6);
			world.disks = world.disks.map((disk) => (disk.uniqueId === copy?.target ? { ...disk, uniqueId: id } : disk));
			if (copy !== undefined) Object.assign(copy, { id: "another", target: id });
		});
		expect(await failure(remove(session(), snap.identity, old))).toContain("SR5001");
		// Nor after a refresh, or an up that sends nothing: what they see is not ours for that.
		const { id, props = {} } = await read(session(), snap.identity, old);
		expect(id).toBe(snap.identity);
		expect(await failure(remove(session(), snap.identity, props))).toContain("SR5001");
		const stored = await snap.up({ reason: "INC-1", timeouts: { syncMinutes: 5 } });
		expect(await failure(remove(session(), snap.identity, stored))).toContain("SR5001");
		expect(received()).toEqual(["CreateReplica"]);
	});

	test("that somebody made anew in its place, and that expired, is made under its name when it is declared again", async () => {
		const snap = new Declared(snapshot);
		await snap.up();
		await sites.change((world) => {
			const copy = world.relationships.find(({ syncType }) => syncType !== 6);
			const id = "6000000000000099";
			world.disks = world.disks.map((disk) => (disk.uniqueId === copy?.target ? { ...disk, uniqueId: id } : disk));
			if (copy !== undefined) Object.assign(copy, { id: "another", target: id });
		});
		await snap.up(past);
		expect(received()).toEqual(["CreateReplica", "Dissolve"]);
		expect(await failure(snap.up())).toContain("SR5007");
		await sites.change(({ disks }) => {
			for (const disk of disks)
				if (disk.name === "Orders-Snap") Object.assign(disk, { name: "Theirs", content: [[1, 5]] });
		});
		expect(await snap.up()).toMatchObject({ copyState: "Synchronized", complete: true });
		expect(contentOf("Theirs"), "somebody else's").toEqual([[1, 5]]);
		warnings.length = 0;
		await snap.up();
		expect(warnings).toEqual([]);
		expect(received()).toEqual(["CreateReplica", "Dissolve", "CreateReplica"]);
	});

	test("expires by the clock of its source's host, which begins with 1970 here: not by ours", async () => {
		const snap = new Declared({
			...snapshot,
			expiresAt: "1970-01-08T00:00:00Z",
			expendable: "everything",
			deletePolicy: "returnToResourcePool",
		});
		await snap.up();
		expect(await snap.plan()).toEqual([]);
		expect(await snap.up({ reason: "x", keep: "source" })).toMatchObject({ copyState: "Synchronized" });
		await sites.advance(8 * 86_400_000);
		expect(await snap.plan()).toEqual([expect.stringContaining("ReturnToResourcePool")]);
		expect(await snap.up()).toMatchObject({ copyState: "absent", ended: "expired" });
		expect(received()).toEqual(["CreateReplica", "ReturnToResourcePool"]);
	});

	test("a host that is silent leaves nothing to end by a guess; what sends nothing is told by our clock", async () => {
		const given = { source: { host: "east", virtualDisk: "Orders" }, copy: { expiresAt: "1970-01-08T00:00:00Z" } };
		const { hosts } = session();
		expect(await hostTimeFor(given, hosts)).toBeLessThan(Date.parse("1970-01-02T00:00:00Z"));
		await sites.host("east").down();
		const silent = session().hosts;
		expect(await failure(hostTimeFor(given, silent))).toContain("SR4001");
		expect(await hostTimeOrOurs(given, silent)).toBeGreaterThan(Date.parse("2020-01-01T00:00:00Z"));
		for (const hostTime of [null, "no time"]) {
			const { hosts: other } = session();
			const observe = other.observe.bind(other);
			other.observe = async (name) => ({ ...(await observe(name)), hostTime });
			expect(await hostTimeFor({ ...given, source: { host: "west" } }, other)).toBeGreaterThan(
				Date.parse("2020-01-01T00:00:00Z"),
			);
		}
		silent.observe = () => Promise.reject(new Error("no silence but a bug"));
		expect(await failure(hostTimeOrOurs(given, silent))).toContain("a bug");
	});

	test("whose time has come is not told as expired where neither of its disks is listed: it may be there", async () => {
		const snap = new Declared(snapshot);
		const kept = await snap.up({ expiresAt: "1970-01-08T00:00:00Z" });
		await sites.advance(8 * 86_400_000);
		const unlisted = session((host) => {
			const observe = host.observe.bind(host);
			host.observe = async () => ({ ...(await observe()), disks: [], relationships: [] });
		});
		warnings.length = 0;
		expect(await read(unlisted, snap.identity, kept)).toEqual({ id: snap.identity, props: kept });
		expect(warnings.join()).toMatch(/^kept as it was: SR4001/);
		await sites.change((world) => {
			world.relationships = world.relationships.filter(({ syncType }) => syncType === 6);
		});
		expect((await snap.refresh()).props).toMatchObject({ copyState: "absent", complete: false, ended: "expired" });
	});

	test("whose create was cut off before it had an id gets that of a copy by a refresh", async () => {
		const snap = new Declared(snapshot);
		const state = await snap.up();
		expect(snap.identity).toMatch(/^snapshot:/);
		expect((await read(session(), "", state)).id).toBe(snap.identity);
	});

	test("ended by expire with no up since: a later time is refused until a new point in time is asked for", async () => {
		const snap = new Declared({ ...snapshot, expendable: "everything", deletePolicy: "returnToResourcePool" });
		await snap.up({ expiresAt: "1970-01-08T00:00:00Z" });
		await sites.change((world) => {
			const copies = world.relationships.filter(({ syncType }) => syncType !== 6).map(({ target }) => target);
			world.relationships = world.relationships.filter(({ target }) => !copies.includes(target));
			world.disks = world.disks.filter(({ uniqueId }) => !copies.includes(uniqueId));
		});
		const later = { expiresAt: "1970-01-20T00:00:00Z" };
		expect(await failure(snap.up(later))).toMatch(/SR1003.*change triggers/);
		expect(received()).toEqual(["CreateReplica"]);
		expect(await snap.up({ ...later, triggers: "anew" })).toMatchObject({ copyState: "Synchronized", ended: null });
	});

	test("is dropped by inactive, which keeps its disk", async () => {
		const snap = new Declared({ ...snapshot, expendable: "everything" });
		await snap.up();
		expect(await snap.up({ state: "inactive" })).toMatchObject({ copyState: "Inactive", complete: false });
		expect(await snap.up({ state: "active" })).toMatchObject({ copyState: "Synchronized", complete: true });
		expect(received()).toEqual(["CreateReplica", "Deactivate", "Activate"]);
	});

	test("of a mirror's target never touches the mirror", async () => {
		const drill = new Declared({
			...snapshot,
			source: { host: "west", virtualDisk: "Orders-DR" },
			expendable: "everything",
			deletePolicy: "returnToResourcePool",
		});
		await drill.up();
		await drill.destroy();
		expect(sites.look().relationships).toHaveLength(1);
		expect(sites.calls().every(({ disk }) => disk === "Orders-DR")).toBe(true);
	});

	test("has no arguments of a mirror, and none of a clone", async () => {
		expect(await failure(new Declared(snapshot).plan({ failoverTo: "target" }))).toContain("SR2001");
		expect(await failure(new Declared(snapshot).plan({ offload: true }))).toContain("SR2001");
		expect(await failure(new Declared(snapshot).plan({ state: "suspended" }))).toContain("SR2001");
	});
});

describe("a copy", () => {
	const triggers = { release: 1 };
	const exchanged = {
		source: { host: "east", virtualDisk: "Orders-Snap" },
		target: { virtualDisk: "Orders", storagePool: "Pool" },
	};

	test.each([
		{ triggers, expendable: "everything" },
		{ triggers, expiresAt: new Date(Date.now() + 3_600_000).toISOString() },
		{},
	])("is updated for what later runs read of %j, with nothing to send", async (more) => {
		const snap = new Declared(snapshot);
		await snap.up({ triggers });
		expect(await snap.difference({ triggers })).toMatchObject({ changes: false });
		expect(await snap.difference(more)).toMatchObject({ changes: true, replaces: [] });
		await snap.up(more);
		expect(await snap.difference(more)).toMatchObject({ changes: false });
		expect(received()).toEqual(["CreateReplica"]);
	});

	test("has ends that never change places: exchanged, they are another copy, and no update is of them", async () => {
		const snap = new Declared(snapshot);
		await snap.up();
		expect(await snap.difference(exchanged)).toMatchObject({ changes: true, replaces: ["source", "target"] });
		const news = { ...snapshot, ...exchanged };
		expect(await failure(update(session(), snap.identity, snap.state, news))).toContain("SR5008");
		expect(received()).toEqual(["CreateReplica"]);
	});

	test.each([
		["SR2018", { restore: "INC-1" }],
		["SR2019", { expiresAt: "1970-01-01T00:00:00Z" }],
	])("that is created with what was not known yet in the preview is refused all the same: %s", async (code, more) => {
		await new Declared(snapshot).up();
		expect(await failure(create(session(), { ...snapshot, ...more }))).toContain(code);
		expect(received()).toEqual(["CreateReplica"]);
	});
});

describe("a copy whose target has another id than the state knows", () => {
	const [known, stranger] = ["6000000000000003", "6000000000000099"];
	/** Somebody else's copy has its place, its name and its source. */
	async function replaced(): Promise<void> {
		await sites.change((world) => {
			const copy = world.relationships.find(({ syncType }) => syncType !== 6);
			world.disks = world.disks.map((disk) =>
				disk.uniqueId === copy?.target ? { ...disk, uniqueId: stranger } : disk,
			);
			if (copy !== undefined) Object.assign(copy, { id: "another", target: stranger });
		});
	}

	test("is not expendable after a wait either", async () => {
		const snap = new Declared({ ...snapshot, expendable: "everything", deletePolicy: "returnToResourcePool" });
		const old = await snap.up();
		await replaced();
		await sites.repairJob("Orders-Snap", 20_000);
		expect(await failure(remove(session(), snap.identity, old))).toContain("SR5001");
		expect(received()).toEqual(["CreateReplica"]);
	});

	test.each([
		["took", 0],
		["refused", 5],
	])("is known by the id of before after an operation that the array %s", async (_, code) => {
		const copy = new Declared({ ...clone, expendable: "everything", triggers: 1 });
		await copy.up();
		await sites.write("Orders", 1);
		await replaced();
		await sites.change(({ relationships }) => {
			const own = relationships.find(({ target }) => target === stranger);
			if (own !== undefined) Object.assign(own, { copyState: 3, progressStatus: 5 });
		});
		if (code !== 0) await sites.addFault({ kind: "returnCode", code, times: 1, effect: false } as never);
		const process = session();
		const { inputs } = await check(process, copy.given, {
			...clone,
			expendable: "everything",
			triggers: 1,
			state: "suspended",
		});
		const updated = await update(process, copy.identity, copy.state, { ...inputs, __provider: "text" }).then(
			({ outs }) => outs,
			(stopped: { readonly properties?: Bag }) => stopped.properties ?? {},
		);
		expect(received()).toEqual(["CreateReplica", "Suspend"]);
		expect(updated.targetUniqueId).toBe(known);
	});
});

describe("a clone", () => {
	test("is copied, and let go of when it is complete", async () => {
		const copy = new Declared(clone);
		expect(await copy.up()).toMatchObject({ copyState: "Synchronized", complete: true });
		expect(await copy.up({ state: "detached" })).toMatchObject({ copyState: "absent", ended: "complete" });
		expect(received()).toEqual(["CreateReplica", "Detach"]);
		expect(contentOf("Orders-Copy")).toEqual(contentOf("Orders"));
		await copy.up({ state: "detached" });
		expect(await copy.refresh(), "its resource stays to say so").toMatchObject({ id: copy.identity });
		expect(await copy.destroy()).toBe("ended");
		expect(received()).toHaveLength(2);
	});

	test("that is made anew by a job as long as its copy is made once", async () => {
		const copy = new Declared(clone);
		await copy.up({ triggers: 1 });
		await sites.change((world) => {
			world.relationships = world.relationships.filter(({ syncType }) => syncType === 6);
		});
		await sites.array("east-array").creation({ asJob: true });
		const anew = { triggers: 2, expendable: "everything" };
		const approval = tokenIn(await failure(copy.up(anew)));
		expect(await copy.up({ ...anew, approval })).toMatchObject({ copyState: "Synchronized", complete: true });
		await copy.up(anew);
		expect(received()).toEqual(["CreateReplica", "CreateReplica"]);
	});

	test("its place is fixed", async () => {
		const copy = new Declared(clone);
		await copy.up();
		const elsewhere = { target: { virtualDisk: "Orders-Copy", storagePool: "Other" } };
		expect(await failure(copy.plan(elsewhere))).toContain("SR2020");
		expect(await failure(copy.plan({ offload: true }))).toContain("SR2020");
	});
});

/** A disk that no mirror has as its source, with a snapshot of it. */
async function ledger(): Promise<Declared> {
	const orders = new Declared({ ...snapshot, source: { host: "east", virtualDisk: "Ledger" } });
	await sites.change((world) => {
		world.disks.push({
			name: "Ledger",
			uniqueId: "6000100000000009",
			array: "east-array",
			readOnly: false,
			content: [],
		});
	});
	await sites.write("Ledger", 5);
	await orders.up();
	// On a busy machine a restore would be over before anybody could see it run.
	await sites.addFault({ kind: "slow", factor: 20 });
	return orders;
}

test("a restore by a label that is secret tells it nowhere, and is not asked again where it is told in clear", async () => {
	const secret = { restore: "INC-7", secretLabel: true };
	expect(await failure(new Declared(snapshot).up(secret))).toMatch(/SR2018(?!.*INC-7)/);
	const orders = await ledger();
	await sites.write("Ledger", 4);
	const approval = tokenIn(await failure(orders.up(secret)));
	const { restore, ...told } = await orders.up({ ...secret, approval });
	expect(restore, "which the engine encrypts").toBe("INC-7");
	expect(told.restored).toMatch(/^[0-9a-f]{16}$/);
	expect(JSON.stringify([told, heard])).not.toContain("INC-7");
	expect(await orders.difference(), "a label that is taken away").toMatchObject({ changes: true });
	expect(await orders.up({ restore: "INC-7" })).toMatchObject({ restored: "INC-7" });
	expect(await orders.up(secret)).toMatchObject({ restored: told.restored });
	expect(received()).toEqual(["CreateReplica", "RestoreFromReplica"]);
	expect(await failure(orders.up({ ...secret, restore: "INC-8" }))).toContain("SR5001");
});

test("a snapshot is restored with the token that its preview prints, and not a second time", async () => {
	const orders = await ledger();
	const image = contentOf("Ledger");
	await sites.write("Ledger", 4);
	const text = await failure(orders.up({ restore: "INC-7" }));
	const approval = tokenIn(text);
	expect(approval).toBeDefined();
	const restored = await orders.up({ restore: "INC-7", approval });
	expect(restored).toMatchObject({ restored: "INC-7", copyState: "Synchronized" });
	expect(contentOf("Ledger")).toEqual(image);
	await orders.up({ restore: "INC-7", approval });
	await orders.up({});
	expect(received()).toEqual(["CreateReplica", "RestoreFromReplica"]);
});

test("that a copy is Broken is told before its source is copied: a restore that broke off left half a disk", async () => {
	await new Declared(snapshot).up();
	await sites.change((world) => {
		for (const copy of world.relationships) if (copy.syncType !== 6) copy.copyState = states.Broken;
	});
	await new Declared(clone).up();
	expect(heard.join("\n")).toContain(
		"a copy of Orders is Broken: if a restore from it broke off, Orders is half a disk",
	);
	heard.length = 0;
	await new Declared(clone).up();
	expect(heard.join("\n"), "of what copies nothing").not.toContain("Broken");
});

test("nor is what serves after a failover failed back without that word, where a copy of it is Broken", async () => {
	await sites.change((world) => {
		for (const mirror of world.relationships) mirror.copyState = states.Failedover;
	});
	const mirror = new Declared({ ...orders, state: "failedOver" });
	await mirror.up();
	await new Declared({
		...snapshot,
		source: orders.target,
		target: { virtualDisk: "Drill", storagePool: "Pool" },
	}).up();
	heard.length = 0;
	await mirror.difference({ state: "active" });
	expect(heard.join("\n")).not.toContain("Broken");
	await sites.change((world) => {
		for (const copy of world.relationships) if (copy.syncType !== 6) copy.copyState = states.Broken;
	});
	await mirror.difference({ state: "active" });
	expect(heard.join("\n")).toContain(
		"a copy of Orders-DR is Broken: if a restore from it broke off, Orders-DR is half a disk",
	);
});
