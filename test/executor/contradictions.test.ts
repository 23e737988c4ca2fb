import { describe, expect, test } from "vitest";
import type { DiskFact, HostObservation, RelationshipFact } from "../../provider/executor/host";
import { observeRelationship } from "../../provider/executor/observeRelationship";
import type { Sighting } from "../../provider/executor/sighting";
import { synchronizedCopyState as states } from "../../provider/model/vocabulary/relationship";
import { codeOf, Site } from "./site";

const secondId = (id: string) => id.replace("SM_", "XX_");

interface Second {
	readonly link?: (link: RelationshipFact) => Partial<RelationshipFact>;
	readonly disk?: Partial<DiskFact>;
	/** The same listing once more, under the same ObjectId. */
	readonly sameObject?: boolean;
}

/** What the host of the source lists once more, before or behind the first: as another provider that saw something else. */
function listTwice(site: Site, { link = () => ({}), disk = {}, sameObject = false }: Second, order: Order): void {
	site.seenThrough((seen, host) => {
		if (host !== site.hostNames.source) return seen;
		const id = sameObject ? (one: string) => one : secondId;
		const disks = seen.disks
			.filter(({ friendlyName }) => friendlyName === "Orders")
			.map((one) => ({ ...one, ...disk, objectId: id(one.objectId) }));
		const links = seen.relationships
			.filter(({ diskUniqueId }) => diskUniqueId === site.ids.source)
			.map((one) => ({ ...one, ...link(one), diskObjectId: id(one.diskObjectId) }));
		const join = <T>(first: readonly T[], more: readonly T[]) =>
			order === "behind" ? [...first, ...more] : [...more, ...first];
		return {
			...seen,
			disks: sameObject ? seen.disks : join(seen.disks, disks),
			relationships: join(seen.relationships, links),
		} satisfies HostObservation;
	});
}

type Order = "before" | "behind";
const orders = ["before", "behind"] as const;
const inBothOrders = (providers: readonly boolean[]) =>
	providers.flatMap((sameObject) =>
		orders.map((order) => ({ order, sameObject, by: sameObject ? "one provider, twice," : "two providers" })),
	);

const look = (site: Site): Promise<Sighting> =>
	observeRelationship(site.request({ state: "active" }).declared, site.hosts(), "fresh");

describe.each(inBothOrders([false, true]))(
	"one relationship by $by, the second $order the first",
	({ order, sameObject }) => {
		test("Synchronized and Broken: Broken counts, both are told, and no role moves", async () => {
			const site = await Site.open();
			await site.run({ state: "active" });
			listTwice(site, { link: () => ({ copyState: states.Broken }), sameObject }, order);
			const { observed, differences, contradiction } = await look(site);
			expect(observed.copyState).toBe("Broken");
			expect(contradiction).toBeNull();
			expect(differences.map(({ what }) => what)).toEqual([
				expect.stringMatching(
					/east says CopyState Broken \(ObjectId .*\) and CopyState Synchronized \(ObjectId .*; .*Broken$/,
				),
			]);
			expect(await codeOf(site.run({ state: "reversed" }))).not.toBe("no error");
			expect(site.received()).not.toContain("ReverseRoles");
		});

		test("Suspended and Unsynchronized: writes of the target's own are believed, and so is that it is half", async () => {
			const site = await Site.open();
			await site.run({ state: "suspended" });
			site.record = null;
			listTwice(site, { link: () => ({ copyState: states.Unsynchronized }), sameObject }, order);
			const { situation, token } = await site.look({ state: "active" });
			expect(situation.observed).toMatchObject({ copyState: "Suspended", targetConsistent: false });
			expect(token).not.toBeNull();
		});

		test("the lag is the longest that is told, and percent the least", async () => {
			const site = await Site.open();
			listTwice(site, { link: () => ({ lagSeconds: 90, percentSynced: 40 }), sameObject }, order);
			expect(await look(site)).toMatchObject({ lagSeconds: 90, percentSynced: 40 });
		});

		test.each([
			["source and target", () => ({ role: "target" }) as const, /as source \(ObjectId .*\) and target \(ObjectId/],
			[
				"whether it was failed over to",
				() => ({ copyState: states.Failedover }),
				/Failedover \(ObjectId .*Synchronized \(ObjectId/,
			],
		])("%s: SR5004 with both facts, and nothing is sent but a removal", async (_, link, told) => {
			const site = await Site.open();
			await site.run({ state: "active" });
			listTwice(site, { link, sameObject }, order);
			for (const state of ["active", "suspended", "reversed", "failedOver", "split"] as const) {
				expect(await codeOf(site.run({ state })), state).toBe("SR5004");
			}
			expect(site.received()).toEqual([]);
			expect((await look(site)).contradiction).toMatchObject({ at: "source", what: expect.stringMatching(told) });
			await site.run({ state: "absent" });
			expect(site.sites.look().relationships).toEqual([]);
		});
	},
);

describe.each(orders)("one disk through two providers, the second %s the first", (order) => {
	test("that takes writes by one of them takes writes, and is as ill as the worse says", async () => {
		const site = await Site.open();
		await site.run({ state: "active" });
		await site.sites.readOnly("Orders");
		listTwice(site, { disk: { access: 3, healthStatus: 2, operationalStatus: [12] } }, order);
		const { observed, disks, differences } = await look(site);
		expect(observed).toMatchObject({ readOnly: { source: false }, usable: { source: false } });
		expect(disks.source).toMatchObject({ access: 3, healthStatus: 2 });
		expect(differences.map(({ of }) => of)).toEqual(["access"]);
	});

	test("calls name the same listing, and each is told to refresh what it knows", async () => {
		const site = await Site.open();
		listTwice(site, {}, order);
		const { disks, links } = await look(site);
		expect(disks.source?.objectId).toContain("SM_");
		expect(links.source?.diskObjectId).toContain("SM_");
		await site.run({ state: "suspended" });
		expect(site.received()).toEqual(["Suspend"]);

		listTwice(site, { link: () => ({ copyState: states.Broken }) }, order);
		const from = site.sites.everyCall().length;
		await site.look({ state: "suspended" });
		const discovered = site.sites.everyCall().slice(from);
		expect(discovered.map(({ method, disk }) => `${method} ${/[SX][MX]_/.exec(disk)?.[0] ?? disk}`).sort()).toEqual([
			"Discover Orders",
			"Discover Orders-DR",
			"Discover XX_",
		]);
	});

	test("is one disk again once a cold cache knows its relationship", async () => {
		const site = await Site.open();
		listTwice(site, {}, order);
		await site.sites.addFault({ kind: "coldCache", host: "east", hides: "relationships" });
		const { answer } = await site.look({ state: "active" });
		expect(answer).toMatchObject({ outcome: "plan", steps: [] });
	});

	test("and in no relationship may be two disks: which is meant has to be said, but for a removal", async () => {
		const site = await Site.open();
		await site.sites.change((world) => {
			world.relationships = [];
		});
		listTwice(site, {}, order);
		expect(await codeOf(site.run({ state: "active" }))).toBe("SR2006");
		await site.run({ state: "absent" });
		expect(site.received()).toEqual([]);
	});

	test("with its roles told in two ways, and by nobody else, is a contradiction and not an unknown role", async () => {
		const site = await Site.open();
		listTwice(site, { link: () => ({ role: "target" }) }, order);
		const connected = site.hosts.bind(site);
		site.hosts = () => {
			const hosts = connected();
			const west = hosts.get("west");
			const observe = west.observe.bind(west);
			west.observe = async () => {
				const seen = await observe();
				return { ...seen, relationships: seen.relationships.map((link) => ({ ...link, role: "unknown" as const })) };
			};
			return hosts;
		};
		expect(await codeOf(site.run({ state: "active" }))).toBe("SR5004");
	});
});

test.each([
	["a host for each array", { source: "east", target: "west" }],
	["one host that sees both", { source: "management", target: "management" }],
])("the two ends, %s: the worse word counts, whichever end says it", async (_, hosts) => {
	for (const ill of ["source", "target"] as const) {
		const site = await Site.open({ hosts });
		await site.run({ state: "active" });
		site.seenAs(({ diskUniqueId, copyState }) => ({
			copyState: diskUniqueId === site.ids[ill] ? states.Broken : copyState,
		}));
		const { observed, differences } = await look(site);
		expect(observed.copyState).toBe("Broken");
		expect(differences[0]?.what).toMatch(
			/CopyState Synchronized.*CopyState Broken|CopyState Broken.*CopyState Synchronized/,
		);
		expect(await codeOf(site.run({ state: "reversed" }))).not.toBe("no error");
		expect(site.received()).not.toContain("ReverseRoles");
	}
});

test("a stale word at one end is looked into before it counts", async () => {
	for (const ill of ["east", "west"]) {
		const site = await Site.open();
		await site.sites.contradict(ill, "Orders", { copyState: "Broken" });
		const { answer, sighting } = await site.look({ state: "active" });
		expect(answer).toMatchObject({ outcome: "plan", steps: [] });
		expect(sighting.differences).toEqual([]);
	}
});

test("an end that goes on saying otherwise keeps a state from being proved, and is named", async () => {
	const site = await Site.open();
	await site.run({ state: "suspended" });
	await site.sites.contradict("west", "Orders", { copyState: "Suspended", untilDiscover: false });
	const failed = await site.run({ state: "active" }).catch((error: Error) => error);
	expect(String(failed)).toMatch(
		/CopyState Synchronized of the source; host west says CopyState Suspended of the target/,
	);
	expect(site.received()).toEqual(["Suspend", "Resume"]);
	await site.sites.removeFaults();
	await site.run({ state: "active" });
	expect(site.received()).toEqual(["Suspend", "Resume"]);
});

test("what an end does not say contradicts nothing", async () => {
	const site = await Site.open();
	const silent = { copyState: 0, progressStatus: 0, syncMode: 0, role: "unknown" } as const;
	site.seenAs((_, host) => (host === "west" ? silent : { copyState: states.Failedover }));
	expect(await look(site)).toMatchObject({ observed: { copyState: "Failedover" }, contradiction: null });
	site.seenAs((_, host) => (host === "west" ? silent : {}));
	expect(await look(site)).toMatchObject({
		observed: { copyState: "Synchronized" },
		differences: [],
		contradiction: null,
	});
});

test("a disk in two subsystems: both are told, and what either forbids is not sent", async () => {
	const site = await Site.open();
	await site.sites.change((world) => {
		const [east] = world.arrays;
		// No Suspend.
		world.arrays.push({ name: "another", profile: "cci", hosts: east?.hosts ?? [] });
	});
	site.seenThrough((seen, host) => ({
		...seen,
		disks: seen.disks.map((disk) => (host === "east" ? { ...disk, otherSubsystems: ["another"] } : disk)),
	}));
	const { differences } = await look(site);
	expect(differences.map(({ what }) => what)).toEqual([expect.stringContaining("(east-array, another)")]);
	await site.run({ state: "suspended" });
	expect(site.received()).toEqual(["Fracture"]);
});

test("a disk in two subsystems of which one could not be read: what is not listed is unknown", async () => {
	const site = await Site.open();
	const part = {
		hides: "relationships",
		subsystem: "another",
		what: "another does not answer.",
		remedy: "wait.",
	} as const;
	site.seenThrough((seen, host) => ({
		...seen,
		disks: seen.disks.map((disk) => (host === "east" ? { ...disk, otherSubsystems: ["another"] } : disk)),
		relationships: [],
		unread: host === "east" ? [part] : [],
	}));
	expect(await codeOf(look(site))).toBe("SR4001");
});

test.each(["suspended", "split"] as const)(
	"%s is not reached by the worse of two words: the other one tells a copy that goes on",
	async (state) => {
		const site = await Site.open();
		await site.run({ state });
		await site.runApproved({ state: "active" });
		const stopped = state === "split" ? states.Split : states.Suspended;
		site.seenAs((_, host) => (host === "west" ? { copyState: stopped } : {}));
		const from = site.received().length;
		expect(await codeOf(site.runApproved({ state }))).toBe("SR3004");
		expect(site.received(from)).toEqual([]);
	},
);
