import { describe, expect, test } from "vitest";
import type { DiscoverAnswer } from "../../provider/executor/host";
import { Hosts } from "../../provider/executor/hosts";
import { observeRelationship } from "../../provider/executor/observeRelationship";
import { lookAt } from "../../provider/executor/outlook";
import { defaultLimits } from "../../provider/executor/wish";
import { connectSimulator, type SimulatorEntry } from "../../provider/hosts/simulator";
import { ReplicationError } from "../../provider/model/replicationError";
import { synchronizedCopyState as states } from "../../provider/model/vocabulary/relationship";
import { codeOf, Site } from "./site";

const layouts = {
	"one host": { source: "management", target: "management" },
	"two hosts": { source: "east", target: "west" },
};

const silence = new ReplicationError({
	code: "SR4001",
	class: "transport",
	what: "it does not answer.",
	dataSafety: "yes.",
	remedy: "wait.",
});

/** From now on every connection of the site counts how often its arrays are discovered. */
function counted(site: Site, more: Partial<SimulatorEntry> = {}, fails = false) {
	const discoveries: string[] = [];
	site.hosts = () =>
		new Hosts((name) => {
			const host = connectSimulator({ name, file: site.sites.file, now: () => site.clock.now(), ...more });
			const discover = host.discoverArrays.bind(host);
			host.discoverArrays = () => {
				discoveries.push(name);
				return fails ? Promise.reject(silence) : discover();
			};
			return host;
		}, site.clock);
	return discoveries;
}

/** What both hosts answer to Discover of a disk from now on, which changes nothing of what they show. */
function answerDiscover(
	site: Site,
	answer: Pick<DiscoverAnswer, "returnCode" | "cacheIsAutomatic"> & Partial<DiscoverAnswer>,
): void {
	const connected = site.hosts.bind(site);
	site.hosts = () => {
		const hosts = connected();
		for (const name of ["east", "west"]) {
			hosts.get(name).discover = async () => ({ jobId: null, message: null, severalProviders: false, ...answer });
		}
		return hosts;
	};
}

describe.each(Object.entries(layouts))("a cold cache, %s", (_layout, hosts) => {
	const chill = async (site: Site, hides: "disks" | "relationships", which: readonly ("source" | "target")[]) => {
		for (const end of which) {
			await site.hosts().get(hosts[end]).ping();
			await site.sites.addFault({ kind: "coldCache", host: hosts[end], hides });
		}
	};

	test.each(["disks", "relationships"] as const)(
		"that knows no %s yet: nothing is proposed or ended",
		async (hides) => {
			for (const which of [["source"], ["target"], ["source", "target"]] as const) {
				const site = await Site.open({ hosts });
				const discoveries = counted(site);
				await chill(site, hides, which);
				const { answer, situation } = await site.look({ state: "active" });
				expect(answer).toMatchObject({ outcome: "plan", steps: [] });
				expect(situation.observed.presence).toBe("present");
				expect(new Set(discoveries).size).toBe(discoveries.length);

				await site.run({ state: "active" });
				await chill(site, hides, which);
				await site.run({ state: "suspended" });
				await chill(site, hides, which);
				await site.run({ state: "absent" });
				expect(site.received()).toEqual(["Suspend", "Detach"]);
			}
		},
	);
});

describe("what is missing", () => {
	test("counts as absent after one Discover of each host, however many relationships are to be made", async () => {
		const site = await Site.open();
		const discoveries = counted(site);
		await site.sites.change((world) => {
			world.relationships = [];
		});
		const hosts = site.hosts();
		for (let count = 0; count < 5; count++) {
			const { answer } = await lookAt(site.request({ state: "active" }), hosts, { freshness: "cached" });
			expect(answer).toMatchObject({ outcome: "plan", steps: [{ kind: "create" }, { kind: "wait" }] });
		}
		expect(discoveries.sort()).toEqual(["east", "west"]);
	});

	test("is not absent while a Discover that another relationship asked for is on its way", async () => {
		const site = await Site.open();
		for (const host of ["east", "west"]) await site.sites.addFault({ kind: "coldCache", host, hides: "relationships" });
		let finish = () => {};
		const finished = new Promise<void>((resolve) => {
			finish = resolve;
		});
		let begun = 0;
		const hosts = new Hosts((name) => {
			const host = connectSimulator({ name, file: site.sites.file, now: () => site.clock.now() });
			const discover = host.discoverArrays.bind(host);
			host.discoverArrays = async () => {
				begun++;
				await finished;
				return discover();
			};
			return host;
		}, site.clock);
		const look = () => lookAt(site.request({ state: "active" }), hosts, { freshness: "cached" });
		const first = look();
		for (let turns = 0; turns < 100 && begun < 2; turns++) await Promise.resolve();
		const second = look();
		for (let turns = 0; turns < 100; turns++) await Promise.resolve();
		finish();
		for (const seen of [await first, await second]) expect(seen.answer).toMatchObject({ outcome: "plan", steps: [] });
		expect(begun).toBe(2);
	});

	test("is not absent while a host cannot discover, and is asked for again later", async () => {
		const site = await Site.open();
		await site.sites.change((world) => {
			world.relationships = [];
		});
		const discoveries = counted(site, {}, true);
		const hosts = site.hosts();
		const look = () => lookAt(site.request({ state: "active" }), hosts, { freshness: "fresh" });
		for (let count = 0; count < 3; count++) expect(await codeOf(look())).toBe("SR4001");
		expect(discoveries).toHaveLength(2);
		site.clock.advance(31_000);
		await codeOf(look());
		expect(discoveries).toHaveLength(4);
	});

	test("nothing is discovered while nothing is missing, and nothing ever with discover: never", async () => {
		const site = await Site.open();
		const onDoubt = counted(site);
		await site.run({ state: "suspended" });
		expect(onDoubt).toEqual([]);
		const never = counted(site, { discover: "never" });
		await site.sites.addFault({ kind: "coldCache", host: "east", hides: "disks" });
		expect(await codeOf(site.run({ state: "active" }))).toBe("SR4001");
		expect(never).toEqual([]);
		const always = counted(site, { discover: "always" });
		await observeRelationship(site.request({ state: "active" }).declared, site.hosts(), "fresh");
		expect(always.sort()).toEqual(["east", "west"]);
	});
});

async function suspendedByOthers(site: Site): Promise<void> {
	await site.sites.change((world) => {
		for (const link of world.relationships) link.copyState = states.Suspended;
	});
	await site.sites.write("Orders", 5);
}

describe("a state that is old until Discover", () => {
	test.each(["reversed", "failedOver"] as const)("no role moves on it: %s", async (state) => {
		const site = await Site.open({ wish: { approvals: [] } });
		await site.run({ state: "active" });
		await site.run({ state: "suspended" });
		await site.sites.write("Orders", 5);
		await site.sites.staleState("Orders", { copyState: "Synchronized" });
		const from = site.received().length;
		expect(await codeOf(site.runApproved({ state }))).toBe("SR5005");
		expect(site.received(from)).toEqual([]);
		expect(site.sites.writes().lost).toBe(0);
	});

	test("no copy is started on it: the roles may be others by now", async () => {
		const site = await Site.open();
		// As many arrays do: whatever the role.
		site.seenThrough((seen) => ({ ...seen, disks: seen.disks.map((disk) => ({ ...disk, access: 3 })) }));
		await site.run({ state: "active" });
		await site.run({ state: "suspended" });
		await site.sites.write("Orders", 5);
		await site.sites.staleState("Orders");
		await site.sites.change((world) => {
			for (const link of world.relationships) [link.source, link.target] = [link.target, link.source];
		});
		const from = site.received().length;
		expect(await codeOf(site.run({ state: "active" }))).toBe("SR5005");
		expect([site.received(from), site.sites.writes().lost]).toEqual([[], 0]);

		await site.sites.write("Orders-DR", 3);
		await site.sites.change((world) => {
			for (const link of world.relationships) [link.source, link.target] = [link.target, link.source];
		});
		expect(await codeOf(site.run({ state: "active" })), "put back: what was seen is remembered").toBe("SR5001");
		expect([site.received(from), site.sites.writes().lost]).toEqual([[], 0]);
	});

	test("a wait for it ends all the same", async () => {
		const site = await Site.open();
		await site.run({ state: "active" });
		site.onEvent = async (event) => {
			if (event.kind === "afterCall") await site.sites.staleState("Orders", { copyState: "Synchronized" });
		};
		const startedMs = site.clock.now();
		await site.run({ state: "suspended" });
		expect(site.received()).toEqual(["Suspend"]);
		expect(site.clock.now() - startedMs).toBeLessThan(90_000);
	});

	test.each([2, 4])("code %i with an effect is not told as without: the disks are discovered first", async (code) => {
		const site = await Site.open();
		await site.run({ state: "active" });
		await site.sites.addFault({ kind: "returnCode", code, effect: true, times: 1 });
		site.onEvent = async (event) => {
			if (event.kind === "afterCall") await site.sites.staleState("Orders", { copyState: "Synchronized" });
		};
		expect(await codeOf(site.run({ state: "suspended" }))).toBe("no error");
		expect(site.received()).toEqual(["Suspend"]);
	});

	test("a refusal tells what the array is in, and the next run goes on from there", async () => {
		const site = await Site.open();
		await site.run({ state: "suspended" });
		await site.sites.staleState("Orders", { copyState: "Synchronized" });
		const from = site.received().length;
		const refusal = await site.run({ state: "split" }).catch((error: unknown) => error);
		expect(String(refusal)).toMatch(/SR3001.*answered 5.*last seen: Suspended/);
		await site.run({ state: "split" });
		expect(site.received(from)).toEqual(["Split", "Resume", "Split"]);
	});

	test("a step that others follow is not sent on it: what was written since somebody's Suspend is no recent loss", async () => {
		const site = await Site.open({ profile: "srdf", syncMode: "asynchronous" });
		await site.run({ state: "active" });
		const approvals = [(await site.token({ state: "reversed" })) ?? ""];
		await suspendedByOthers(site);
		await site.sites.staleState("Orders", { copyState: "Synchronized" });
		expect(await codeOf(site.run({ state: "reversed" }, { approvals }))).toBe("SR5005");
		expect([site.received(), site.sites.writes().lost]).toEqual([[], 0]);
	});

	test("nor is a Suspend of this run what was refused because somebody else's came first", async () => {
		const site = await Site.open({ profile: "srdf", syncMode: "asynchronous" });
		await site.run({ state: "active" });
		const approvals = [(await site.token({ state: "reversed" })) ?? ""];
		await site.sites.addFault({ kind: "returnCode", code: 5, effect: false, times: 1 });
		site.onEvent = async (event) => {
			if (event.kind === "afterCall" && event.at.number === 1) await suspendedByOthers(site);
		};
		expect(await codeOf(site.run({ state: "reversed" }, { approvals }))).toBe("SR3001");
		expect([site.received(), site.sites.writes().lost]).toEqual([["Suspend"], 0]);
	});

	test("an ordinary refusal costs one Discover of each disk and none of an array; none at all with never", async () => {
		for (const [more, discovered] of [
			[{}, 2],
			[{ discover: "never" }, 0],
		] as const) {
			const site = await Site.open();
			await site.run({ state: "active" });
			const arrays = counted(site, more);
			await site.sites.addFault({ kind: "returnCode", code: 5, effect: false, times: 1 });
			expect(await codeOf(site.run({ state: "suspended" }))).toBe("SR3001");
			expect(site.sites.everyCall().filter(({ method }) => method === "Discover")).toHaveLength(discovered);
			expect(arrays).toEqual([]);
		}
	});

	describe("and until Discover of the arrays, for that of a disk renews no association", () => {
		/** Both hosts take Discover of a disk and go on showing what they showed. */
		async function opened() {
			const site = await Site.open();
			await site.run({ state: "active" });
			const arrays = counted(site);
			answerDiscover(site, { returnCode: 0, cacheIsAutomatic: true });
			return { site, arrays };
		}

		test("both hosts: what was done is not told as without effect", async () => {
			const { site } = await opened();
			site.onEvent = async (event) => {
				if (event.kind === "afterCall") await site.sites.staleState("Orders", { copyState: "Synchronized" });
			};
			expect(await codeOf(site.run({ state: "suspended" }))).toBe("no error");
			expect(site.received()).toEqual(["Suspend"]);
		});

		test("one host that tells the state before is waited for, and not until the limit", async () => {
			const { site } = await opened();
			await site.run({ state: "suspended" });
			site.onEvent = async (event) => {
				if (event.kind === "afterCall") await site.sites.contradict("west", "Orders", { copyState: "Suspended" });
			};
			const limits = { ...defaultLimits, syncMs: 180_000 };
			expect(await codeOf(site.run({ state: "active" }, { limits }))).toBe("no error");
			expect(site.received()).toEqual(["Suspend", "Resume"]);
		});

		test("one that catches up by itself is waited for without", async () => {
			const { site, arrays } = await opened();
			site.onEvent = async (event) => {
				const old = { copyState: "Synchronized", ms: 30_000 } as const;
				if (event.kind === "afterCall") await site.sites.contradict("west", "Orders", old);
			};
			await site.run({ state: "suspended" });
			expect([site.received(), arrays]).toEqual([["Suspend"], []]);
		});

		test("what goes on being told in two ways costs one Discover of each host, and none of a lost end's", async () => {
			const { site, arrays } = await opened();
			const hosts = site.hosts();
			site.hosts = () => hosts;
			for (const copyState of ["Suspended", "Broken", "Suspended"] as const) {
				await site.sites.removeFaults();
				await site.sites.contradict("west", "Orders", { copyState, untilDiscover: false });
				await site.hindrance({ state: "active" });
			}
			expect(arrays).toEqual(["east", "west"]);

			site.seenThrough((seen) => ({
				...seen,
				relationships: seen.relationships.flatMap((link) => [link, { ...link, copyState: states.Broken }]),
			}));
			const besideLost = site.hosts();
			const asked: string[] = [];
			for (const name of ["east", "west"])
				besideLost.get(name).discoverArrays = async () => {
					asked.push(name);
					return [];
				};
			site.hosts = () => besideLost;
			await site.hindrance({ state: "failedOver" }, { lost: "source" });
			expect(asked).toEqual(["west"]);
		});

		test("a copy that is seen to go on is waited for without", async () => {
			const { site, arrays } = await opened();
			await site.run({ state: "suspended" });
			await site.sites.addFault({ kind: "slow", factor: 2_000 });
			await site.run({ state: "active" });
			expect(arrays).toEqual([]);
		});

		test("what several waits ask of one host within a beat is one Discover", async () => {
			const { site, arrays } = await opened();
			const hosts = site.hosts();
			const beatMs = site.clock.monotonic();
			await site.clock.sleep(1_000);
			await Promise.all([1, 2, 3].map(() => hosts.discoverArrays("east", { begunAfterMs: beatMs })));
			await hosts.discoverArrays("east", { begunAfterMs: beatMs });
			expect(arrays).toEqual(["east"]);
			await hosts.discoverArrays("east", { begunAfterMs: site.clock.monotonic() });
			expect(arrays).toEqual(["east", "east"]);
		});
	});

	test("what an interrupted run sent is not sent again on it", async () => {
		const site = await Site.open();
		await site.run({ state: "active" });
		const cancelled = new AbortController();
		site.onEvent = async ({ kind }) => {
			if (kind !== "afterCall") return;
			await site.sites.staleState("Orders", { copyState: "Synchronized" });
			cancelled.abort();
		};
		await expect(site.run({ state: "suspended" }, {}, cancelled.signal)).rejects.toThrow();
		site.onEvent = async () => {};
		await site.run({ state: "suspended" });
		expect(site.received()).toEqual(["Suspend"]);
	});

	test("a provider that cannot say what is current stops the step; one that discovers arrays only does not", async () => {
		for (const [returnCode, ended] of [
			[46001, "SR4001"],
			[1, "no error"],
		] as const) {
			const site = await Site.open();
			await site.run({ state: "active" });
			answerDiscover(site, { returnCode, cacheIsAutomatic: true });
			expect(await codeOf(site.run({ state: "reversed" }))).toBe(ended);
			expect(site.received()).toEqual(ended === "no error" ? ["ReverseRoles"] : []);
		}
	});

	test.each([true, false])(
		"several providers, automatic %s: the arrays are discovered once, then roles move",
		async (is) => {
			const site = await Site.open();
			await site.run({ state: "active" });
			const arrays = counted(site);
			answerDiscover(site, { returnCode: 0, cacheIsAutomatic: is, severalProviders: true });
			await site.run({ state: "reversed" });
			expect([arrays, site.received()]).toEqual([["east", "west"], ["ReverseRoles"]]);
		},
	);

	test.each([
		["neither the disk nor its array can be discovered", { returnCode: 1, cacheIsAutomatic: null }],
		[
			"one of several providers cannot discover the array, and may know better of the disk",
			{ returnCode: 0, cacheIsAutomatic: true, severalProviders: true },
		],
	])("%s: no role moves", async (_, answer) => {
		const site = await Site.open();
		await site.run({ state: "active" });
		counted(site, {}, true);
		answerDiscover(site, answer);
		expect(await codeOf(site.run({ state: "reversed" }))).toBe("SR4001");
		expect(site.received()).toEqual([]);
	});
});
