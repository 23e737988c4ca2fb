import { describe, expect, test } from "vitest";
import type { Declared } from "../../provider/executor/declared";
import type { DiskFact, HostObservation, RelationshipFact } from "../../provider/executor/host";
import { observeRelationship } from "../../provider/executor/observeRelationship";
import type { Sighting } from "../../provider/executor/sighting";
import { ReplicationError } from "../../provider/model/replicationError";
import { codeOf, Site } from "./site";

type Change = (seen: HostObservation, host: string) => HostObservation;

const model = "Virtual NVMe Disk";
const orders = "6000100000000001";

/** East gives its disks the model for an id, as virtual NVMe disks do; the array still knows them apart. */
const eastGivesModels: Change = (seen) => {
	const isEast = (id: string) => id.startsWith("60001");
	const shown = (id: string) => (isEast(id) ? model : id);
	return {
		...seen,
		disks: seen.disks.map((disk) => ({ ...disk, uniqueId: shown(disk.uniqueId) })),
		relationships: seen.relationships.map((link) => ({
			...link,
			diskUniqueId: shown(link.diskUniqueId),
			peerUniqueId: shown(link.peerUniqueId),
		})),
	};
};

const scratchId = "6000100000000099";

/** Orders is mirrored to Orders-DR; Scratch, beside Orders, is in no relationship. */
async function withScratch(name = "Scratch"): Promise<Site> {
	const site = await Site.open();
	await site.sites.change((world) => {
		const [disk] = world.disks;
		if (disk === undefined) throw new Error("no disk");
		world.disks.push({ ...disk, name, uniqueId: scratchId });
	});
	return site;
}

const objectIdOf = (uniqueId: string) =>
	`{1}\\\\EAST-ARRAY\\root/Microsoft/Windows/Storage/Providers_v2\\SM_VirtualDisk.ObjectId="{${uniqueId}}:VD"`;

const declare = (source: string, more: Partial<Declared> = {}): Declared => ({
	ends: { source: { host: "east", virtualDisk: source }, target: { host: "west", virtualDisk: "Orders-DR" } },
	lost: null,
	knownIds: { source: null, target: null },
	...more,
});

const look = (site: Site, declared: Declared): Promise<Sighting> =>
	observeRelationship(declared, site.hosts(), "fresh");

async function refusal(run: Promise<unknown>): Promise<ReplicationError> {
	const error = await run.then(
		() => null,
		(thrown: unknown) => thrown,
	);
	if (error instanceof ReplicationError) return error;
	throw new Error(`not refused: ${String(error)}`);
}

describe("two disks of one host with one UniqueId", () => {
	test.each(["Orders", "Scratch", model])("declared as %s: refused, both ObjectIds are listed", async (name) => {
		const site = await withScratch();
		site.seenThrough(eastGivesModels);
		const error = await refusal(look(site, declare(name)));

		expect(error.code).toBe("SR2013");
		for (const id of [orders, scratchId]) expect(error.message).toContain(objectIdOf(id));
	});
	test("by its ObjectId the mirrored one is found with its relationship", async () => {
		const site = await withScratch();
		site.seenThrough(eastGivesModels);
		const { observed, ids, links } = await look(site, declare(objectIdOf(orders)));

		expect(observed).toMatchObject({ presence: "present", copyState: "Synchronized", direction: "forward" });
		expect(ids).toEqual({ source: objectIdOf(orders), target: "6000200000000001" });
		expect(links.target).not.toBeNull();
	});
	test("by its ObjectId the unmirrored one is in no relationship", async () => {
		const site = await withScratch();
		site.seenThrough(eastGivesModels);
		const { observed, links } = await look(site, declare(objectIdOf(scratchId)));

		expect(observed.presence).toBe("absent");
		expect(links).toEqual({ source: null, target: null });
	});
	test.each([
		[orders, "present"],
		[scratchId, "absent"],
	])("of one name as well, %s is told by its ObjectId: %s", async (id, presence) => {
		const site = await withScratch("Orders");
		site.seenThrough(eastGivesModels);
		const { observed } = await look(site, declare(objectIdOf(id)));

		expect(observed.presence).toBe(presence);
		expect((await refusal(look(site, declare("Orders")))).message).toContain(objectIdOf(orders));
	});
	test("an id that the state knows and that two disks report now identifies none: read and delete keep what they have", async () => {
		const site = await withScratch();
		site.seenThrough(eastGivesModels);
		const known = { knownIds: { source: model, target: "6000200000000001" }, idsFirst: true };
		const error = await refusal(look(site, declare("Orders", known)));

		expect([error.code, error.facts.class]).toEqual(["SR2013", "transport"]);
	});
	test.each([
		["Scratch", "SR2013", []],
		// In no relationship, and the target that it is declared with is that of the mirrored one.
		[objectIdOf(scratchId), "SR1035", []],
		[objectIdOf(orders), "no error", [["Orders", "Suspend"]]],
	])("suspended, declared as %s: %s", async (name, code, calls) => {
		const site = await withScratch();
		site.seenThrough(eastGivesModels);
		const request = site.request.bind(site);
		site.request = (desired, more) => ({ ...request(desired, more), declared: declare(name) });

		expect(await codeOf(site.run({ state: "suspended" }))).toBe(code);
		expect(site.sites.calls().map(({ disk, operation }) => [disk, operation])).toEqual(calls);
	});
});

test("disks of two hosts with one UniqueId are told apart by ObjectId only", async () => {
	const site = await Site.open();
	site.seenThrough((seen) => ({
		...seen,
		disks: seen.disks.map((disk) => ({ ...disk, uniqueId: model })),
		relationships: seen.relationships.map((link) => ({ ...link, diskUniqueId: model, peerUniqueId: model })),
	}));
	const error = await refusal(look(site, declare("Orders")));
	expect(error.code).toBe("SR2013");

	const [source, target] = [objectIdOf(orders), objectIdOf("6000200000000001").replace("EAST", "WEST")];
	for (const id of [source, target]) expect(error.message).toContain(id);
	const ends = { source: { host: "east", virtualDisk: source }, target: { host: "west", virtualDisk: target } };
	const { observed, ids } = await look(site, { ...declare("Orders"), ends });
	expect(observed).toMatchObject({ presence: "present", direction: "forward" });
	expect(ids).toEqual({ source, target });
});

describe("one disk seen through two providers", () => {
	const other = (id: string) => id.replace("SM_", "XX_");
	/** East lists its disk and its relationship once more, as another provider does, with its own ObjectId. */
	const twice =
		(change: (link: RelationshipFact) => RelationshipFact = (link) => link): Change =>
		(seen, name) => {
			if (name !== "east") return seen;
			const disks: DiskFact[] = seen.disks.map((disk) => ({ ...disk, objectId: other(disk.objectId) }));
			const links = seen.relationships.map((link) => change({ ...link, diskObjectId: other(link.diskObjectId) }));
			return { ...seen, disks: [...seen.disks, ...disks], relationships: [...seen.relationships, ...links] };
		};

	test("is one disk, by name and by UniqueId", async () => {
		const site = await Site.open();
		site.seenThrough(twice());
		for (const name of ["Orders", orders]) {
			const { observed, ids } = await look(site, declare(name));
			expect(observed.presence).toBe("present");
			expect(ids.source).toBe(orders);
		}
	});
	test("declared by its ObjectId it is what that provider shows", async () => {
		const site = await Site.open();
		site.seenThrough(twice((link) => ({ ...link, copyState: 5 })));
		// The target's own listing says Synchronized too, so what Broken meets is told.
		expect((await look(site, declare(objectIdOf(orders)))).differences).toEqual([]);
		const { observed, differences } = await look(site, declare(other(objectIdOf(orders))));
		expect(observed.copyState).toBe("Broken");
		expect(differences).toHaveLength(1);
	});
	test("a listing without the relationship is not taken for the same disk", async () => {
		const site = await Site.open();
		site.seenThrough((seen, name) => {
			const all = twice()(seen, name);
			return { ...all, relationships: all.relationships.filter(({ diskObjectId }) => !diskObjectId.includes("XX_")) };
		});
		expect((await refusal(look(site, declare("Orders")))).code).toMatch(/SR2006|SR2013/);
		const { observed, links } = await look(site, declare(objectIdOf(orders)));
		expect(observed.presence).toBe("present");
		expect(links.target).not.toBeNull();
	});
});

describe("disks without a UniqueId", () => {
	const withoutIds: Change = (seen) => ({
		...seen,
		disks: seen.disks.map((disk) => ({ ...disk, uniqueId: "" })),
		relationships: seen.relationships.map((link) => ({ ...link, diskUniqueId: "", peerUniqueId: "" })),
	});
	test("are identified by their ObjectIds, and two pairs are two pairs", async () => {
		const site = await Site.open();
		await site.sites.change((world) => {
			for (const disk of [...world.disks]) {
				world.disks.push({ ...disk, name: disk.name.replace("Orders", "Ledger"), uniqueId: `${disk.uniqueId}0` });
			}
		});
		site.seenThrough(withoutIds);
		const { observed, ids } = await look(site, declare("Orders"));
		expect(observed.presence).toBe("present");
		expect(ids.source).toBe(objectIdOf(orders));

		const ledger = declare("Ledger");
		const other = await look(site, {
			...ledger,
			ends: { ...ledger.ends, target: { host: "west", virtualDisk: "Ledger-DR" } },
		});
		expect(other.observed.presence).toBe("absent");
		expect(other.ids.source).not.toBe(ids.source);
	});
	test("one disk declared as both ends is told by what it reports", async () => {
		const site = await Site.open();
		site.seenThrough(withoutIds);
		const end = { host: "east", virtualDisk: "Orders" };
		const error = await refusal(look(site, { ...declare("Orders"), ends: { source: end, target: end } }));
		expect(error.code).toBe("SR2002");
		expect(error.message).toContain("reports no UniqueId");
	});
});

test("a replica without a name is told by its id", async () => {
	const site = await Site.open();
	await site.run({ state: "active" });
	site.seenThrough((seen) => ({
		...seen,
		disks: seen.disks.map((disk) => (disk.uniqueId === orders ? disk : { ...disk, friendlyName: "" })),
	}));
	const { answer } = await site.look({ state: "failedOver" });
	const whys = answer.outcome === "plan" ? answer.steps.map(({ why }) => why) : [];
	expect(whys.join()).toContain("6000200000000001 starts serving");
});

describe("an unread disk whose id is not the one that is known", () => {
	/** The source's host is silent, and the target's host knows the source by another id than the state does. */
	const lostSource = (more: Partial<Declared> = {}) =>
		declare("Orders", { lost: "source", knownIds: { source: "old form", target: "6000200000000001" }, ...more });
	test("is not taken for absent when the name fits; its listed id is the way out", async () => {
		const site = await Site.open();
		const error = await refusal(look(site, lostSource()));
		expect(error.code).toBe("SR2011");

		const named = lostSource();
		const ends = { ...named.ends, source: { host: "east", virtualDisk: orders } };
		const { observed, ids } = await look(site, { ...named, ends });
		expect(observed.presence).toBe("present");
		expect(ids.source).toBe(orders);
	});
	test("is another disk when the name is another, too", async () => {
		const site = await Site.open();
		await site.sites.change((world) => {
			for (const disk of world.disks) if (disk.uniqueId === orders) disk.name = "Invoices";
		});
		expect((await look(site, lostSource())).observed.presence).toBe("absent");
	});
});
