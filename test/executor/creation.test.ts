import { expect, test } from "vitest";
import type { TransitionEvent } from "../../provider/executor/events";
import type { Request } from "../../provider/executor/request";
import { runTransition } from "../../provider/executor/transition";
import { TransitionStopped } from "../../provider/executor/transitionEnd";
import type { Creation } from "../../provider/hosts/simulator";
import { relationshipAtRest } from "../../provider/hosts/simulator/relationshipAtRest";
import { errorCodes } from "../../provider/model/errorCodes";
import { ReplicationError } from "../../provider/model/replicationError";
import { codeOf, Site } from "./site";

/** A source without a replica, on arrays that make one in their own way. */
async function siteThatMakes(creation: Creation): Promise<Site> {
	const site = await Site.open({ related: false });
	await site.sites.change((world) => {
		world.disks = world.disks.filter(({ name }) => name !== "Orders-DR");
	});
	for (const array of ["east-array", "west-array"]) await site.sites.array(array).creation(creation);
	return site;
}

function wanted(site: Site, more: Partial<Request["declared"]> = {}, mode = {}): Request {
	const request = site.request({ state: "active", ...mode });
	const target = { ...request.declared.ends.target, storageSubsystem: "west-array", storagePool: "Pool" };
	return { ...request, declared: { ...request.declared, ends: { ...request.declared.ends, target }, ...more } };
}

function up(site: Site, request: Request) {
	const report = (event: TransitionEvent) => {
		site.events.push(event);
		return site.onEvent(event);
	};
	return runTransition(request, { hosts: site.hosts(), clock: site.clock, fence: async () => {}, report });
}

/** What the hosts say that a job affects, made out of what it does affect. */
function affecting(site: Site, change: (ids: readonly string[]) => readonly string[]): void {
	const hosts = site.hosts();
	for (const name of ["east", "west"]) {
		const host = hosts.get(name);
		const affectedDisks = host.affectedDisks.bind(host);
		host.affectedDisks = async (job) => change(await affectedDisks(job));
	}
	site.hosts = () => hosts;
}

const noContact = new ReplicationError({
	code: errorCodes.hostUnreachable,
	class: "transport",
	what: "no contact.",
	dataSafety: "nothing was changed.",
	remedy: "run again.",
});

function targetsOf(site: Site): string[] {
	return site.sites.look().relationships.map(({ target }) => target);
}

test("a replica that a job makes and the array names in its own way is found, not made again", async () => {
	const site = await siteThatMakes({ asJob: true, ownNames: true });
	const { outlook } = await up(site, wanted(site));
	const [made] = targetsOf(site);
	expect(site.sites.look().disks.map(({ name }) => name)).toEqual(["Orders", `vol-${made}`]);
	expect(outlook.sighting.ids).toEqual({ source: site.ids.source, target: made });
	await up(site, wanted(site, { knownIds: outlook.sighting.ids }));
	expect(site.received()).toEqual(["CreateReplica"]);
});

test("a job that lasts as long as its copy has the time of a copy", async () => {
	const site = await siteThatMakes({ asJob: true });
	await site.sites.addFault({ kind: "slow", factor: 200 });
	const { wish, ...request } = wanted(site);
	const limits = { ...wish.limits, transitionMs: 5_000 };
	const startedMs = site.clock.now();
	const { outlook } = await up(site, { ...request, wish: { ...wish, limits } });
	expect(outlook.situation.observed.copyState).toBe("Synchronized");
	const { at } = site.events.find(({ kind }) => kind === "proved") as Extract<TransitionEvent, { kind: "proved" }>;
	expect(at.step.kind).toBe("create");
	expect(site.clock.now() - startedMs).toBeGreaterThan(5_000);
});

test("a replica that the source had before is not taken for the one that the job makes", async () => {
	const site = await siteThatMakes({ asJob: true, ownNames: true });
	const other = "6000200000000077";
	await site.sites.change((world) => {
		const [source] = world.disks;
		if (source === undefined) throw new Error("no source");
		world.disks.push({ ...source, uniqueId: other, name: "Report", array: "west-array" });
		world.relationships.push(relationshipAtRest({ id: "older", source: source.uniqueId, target: other }));
	});
	affecting(site, (ids) => [other, ...ids]);
	const { outlook } = await up(site, wanted(site));
	expect(outlook.sighting.ids.target).toBe(targetsOf(site).find((target) => target !== other));
});

test("a job with several new disks names none of them", async () => {
	const site = await siteThatMakes({ asJob: true, ownNames: true });
	affecting(site, (ids) => [...ids, "6000200000000078"]);
	const stopped = await up(site, wanted(site)).catch((error: unknown) => error);
	expect(String(stopped)).toMatch(/SR3008.*declare the target by its UniqueId/);
});

test("a replica whose relationship does not appear is told with its id, because the next run would make another", async () => {
	const site = await siteThatMakes({ asJob: true, ownNames: true });
	await site.sites.late(10 * 60_000);
	const stopped = await up(site, wanted(site)).catch((error: unknown) => error);
	expect(String(stopped)).toMatch(new RegExp(`SR3008.*made the disk ${targetsOf(site)[0]}.*by its UniqueId`));
});

test("what a job made is remembered even if it fails", async () => {
	const site = await siteThatMakes({ asJob: true, ownNames: true });
	await site.sites.addFault({ kind: "job", fate: "failed", times: 1 });
	const stopped = await up(site, wanted(site)).catch((error: unknown) => error);
	if (!(stopped instanceof TransitionStopped)) throw stopped;
	expect(stopped.outlook.sighting.ids.target).toBe(targetsOf(site)[0]);
});

test("a job whose disks cannot be read has not made nothing: the run waits, and says that it could not be read", async () => {
	const site = await siteThatMakes({ asJob: true, ownNames: true });
	let unreadable = 3;
	affecting(site, (ids) => {
		if (unreadable-- > 0) throw noContact;
		return ids;
	});
	const { outlook } = await up(site, wanted(site));
	expect(outlook.sighting.ids.target).toBe(targetsOf(site)[0]);

	const other = await siteThatMakes({ asJob: true, ownNames: true });
	affecting(other, () => {
		throw noContact;
	});
	expect(await codeOf(up(other, wanted(other)))).toBe("SR4001");
});

test("once it is known, what a job made is not asked for again", async () => {
	const site = await siteThatMakes({ asJob: true, ownNames: true });
	let asked = 0;
	affecting(site, (ids) => {
		asked++;
		return ids;
	});
	await up(site, wanted(site));
	expect(asked).toBe(1);
});

test("a mode that the array is not told is changed afterwards, and told; one that it is told is not", async () => {
	const site = await siteThatMakes({ takesMode: false });
	await up(site, wanted(site, {}, { syncMode: "Asynchronous" }));
	expect(site.received()).toEqual(["CreateReplica", "ResetToAsync"]);
	expect(site.events).toContainEqual(
		expect.objectContaining({ kind: "modeLeftToArray", host: "east", syncMode: "Asynchronous" }),
	);
	expect(site.events.filter(({ kind }) => kind === "planned")).toMatchObject([
		{ replanned: false },
		{ replanned: true },
	]);
	expect(site.sites.look().relationships).toMatchObject([{ syncMode: 3 }]);

	const told = await siteThatMakes({});
	await up(told, wanted(told, {}, { syncMode: "Asynchronous" }));
	expect(told.received()).toEqual(["CreateReplica"]);
	expect(told.events.filter(({ kind }) => kind === "modeLeftToArray")).toEqual([]);
});

test("a mode that the array can neither be told nor change ends in the refusal, with the relationship remembered", async () => {
	const site = await siteThatMakes({ takesMode: false });
	const asked = wanted(site, {}, { syncMode: "Asynchronous" });
	const hosts = site.hosts();
	const east = hosts.get("east");
	const { operations, ...rest } = await east.capabilities({ subsystem: "east-array", replicationType: 5 });
	east.capabilities = async () => ({
		...rest,
		operations: (operations ?? []).filter((name) => name !== "ResetToAsync"),
	});
	site.hosts = () => hosts;
	const stopped = await up(site, asked).catch((error: unknown) => error);
	if (!(stopped instanceof TransitionStopped)) throw stopped;
	expect(stopped.reason.code).toBe("SR1020");
	expect(stopped.outlook.sighting.ids.target).toBe(targetsOf(site)[0]);
	expect(site.received()).toEqual(["CreateReplica"]);
});

test("a mirror whose target has only fallen out of its host's list is known by its name, and not made again", async () => {
	const site = await Site.open();
	site.seenThrough((seen, host) => (host === "west" ? { ...seen, disks: [], relationships: [] } : seen));
	await up(site, wanted(site));
	expect(site.received()).toEqual([]);
});
