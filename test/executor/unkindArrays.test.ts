import { readFileSync, writeFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { lookAt } from "../../provider/executor/outlook";
import { TransitionStopped } from "../../provider/executor/transitionEnd";
import { defaultLimits } from "../../provider/executor/wish";
import { type ProfileName, profiles } from "../../provider/hosts/simulator";
import { virtualDiskToVirtualDiskProgressStatus as progress } from "../../provider/model/vocabulary/relationship";
import { codeOf, Site } from "./site";

const families = Object.keys(profiles) as ProfileName[];

/** Every wish that changes something from Synchronized, on every family, where the family can. */
const wishes = ["suspended", "reversed", "failedOver", "split", "absent"] as const;

describe.each(families)("a call whose answer is lost, on %s arrays", (profile) => {
	test.each(wishes)("%s: no step takes effect twice, whether the lost call had its effect or not", async (state) => {
		// Moves here fracture or reverse first: a writable source could get writes in between, and the next run refuses.
		const readOnlyFirst = profile === "cci" && (state === "reversed" || state === "failedOver");
		const prepare = ({ sites }: Site) => (readOnlyFirst ? sites.readOnly("Orders") : Promise.resolve());
		const undisturbed = await Site.open({ profile });
		await prepare(undisturbed);
		await undisturbed.run({ state: "active" });
		const refused = (await undisturbed.look({ state })).answer.outcome === "refused";
		if (refused) {
			expect(await codeOf(undisturbed.run({ state }))).toMatch(/^SR10/);
			expect(undisturbed.received()).toEqual([]);
			return;
		}
		await undisturbed.runApproved({ state });
		const operations = undisturbed.effective();
		for (const effect of [true, false]) {
			for (let spoiled = 0; spoiled < operations.length; spoiled++) {
				const site = await Site.open({ profile });
				await prepare(site);
				await site.run({ state: "active" });
				let calls = 0;
				site.fence = async () => {
					if (calls++ === spoiled) await site.sites.addFault({ kind: "cutOff", effect, times: 1 });
				};
				const first = await site.runApproved({ state }).then(
					() => "done",
					(error: unknown) => (error instanceof TransitionStopped ? error.reason.code : String(error)),
				);
				const name = `${operations[spoiled]} with effect ${effect}`;
				expect(first, name).toBe(effect ? "done" : "SR4002");
				expect(site.received(), name).toEqual(operations.slice(0, effect ? undefined : spoiled + 1));
				const again = await codeOf(site.runApproved({ state }));
				if (again === "SR1025") {
					// The copy was stopped by the run that broke off, and nobody saw what the serving source took since.
					await site.runApproved({ state: "active" });
					await site.runApproved({ state });
				} else {
					expect(again, name).toBe("no error");
					expect(site.effective(), name).toEqual(operations);
				}
				expect(await site.settled(), name).toEqual(await undisturbed.settled());
				expect(site.sites.writes().lost, name).toBe(0);
			}
		}
	});
});

describe("arrays that answer before they act", () => {
	test("the old state after a Success is waited out, not taken for no effect (svc)", async () => {
		const site = await Site.open({ profile: "svc" });
		await site.run({ state: "active" });
		await site.run({ state: "suspended" });
		expect(site.received()).toEqual(["Suspend"]);
		const polls = site.events.filter(({ kind }) => kind === "polled").length;
		expect(polls, "it was seen unchanged first").toBeGreaterThan(1);
		expect(site.record).toMatchObject({ copyState: "Suspended" });
	});

	test("a relationship that is not visible after a change of roles is neither gone nor created again (srdf)", async () => {
		const site = await Site.open({ profile: "srdf" });
		await site.run({ state: "active" });
		const hidden: boolean[] = [];
		const push = site.events.push.bind(site.events);
		site.events.push = (event) => {
			if (event.kind === "polled") hidden.push(event.seen === "no relationship");
			return push(event);
		};
		await site.run({ state: "reversed" });
		expect(hidden).toContain(true);
		expect(site.received()).not.toContain("CreateReplica");
		expect(site.record).toMatchObject({ direction: "reverse", copyState: "Synchronized" });
	});

	test("an operation that was answered with Success and never happens stops the run", async () => {
		const site = await Site.open();
		await site.run({ state: "active" });
		await site.sites.addFault({ kind: "returnCode", code: 0, effect: false, times: 1 });
		expect(await codeOf(site.run({ state: "suspended" }))).toBe("SR3008");
		expect(site.received()).toEqual(["Suspend"]);
		await site.run({ state: "suspended" });
		expect(site.effective()).toEqual(["Suspend"]);
	});

	test("a state that is nowhere on the way stops the run and names both", async () => {
		const site = await Site.open();
		await site.run({ state: "active" });
		const push = site.events.push.bind(site.events);
		site.events.push = (event) => {
			if (event.kind === "afterCall") {
				void site.sites.change((world) => {
					for (const relationship of world.relationships) {
						relationship.change = null;
						relationship.copyState = 8;
						relationship.progressStatus = 2;
					}
				});
			}
			return push(event);
		};
		const stopped = await site.run({ state: "split" }).catch((error: unknown) => error);
		expect(stopped).toMatchObject({ reason: { code: "SR3003" } });
		expect(String(stopped)).toMatch(/expected Split.*or Synchronized.*found neither.*Inactive/);
		expect(site.received()).toEqual(["Split"]);
	});
});

describe("limits", () => {
	test.each([
		["suspended", { transitionMs: 1_000 }],
		["absent", { deleteMs: 1_000 }],
	] as const)("%s: what does not happen in time stops the run; the next one attaches", async (state, limit) => {
		const site = await Site.open();
		await site.run({ state: "active" });
		await site.sites.addFault({ kind: "slow", factor: 100 });
		const startedMs = site.clock.now();
		expect(await codeOf(site.run({ state }, { limits: { ...defaultLimits, ...limit } }))).toBe("SR3004");
		expect(site.clock.now() - startedMs, "it did not wait for much longer than that").toBeLessThan(10_000);
		await site.run({ state });
		expect(site.received()).toHaveLength(1);
	});
});

describe("the link between the arrays", () => {
	test("while it is down nothing that needs both is sent; once it is back the run goes on", async () => {
		const site = await Site.open();
		await site.run({ state: "active" });
		const link = site.sites.link("east-array", "west-array");
		await link.lose();
		await site.sites.write("Orders", 3);
		const down = await codeOf(site.run({ state: "reversed" }));
		expect(down).not.toBe("no error");
		expect(site.effective()).toEqual([]);
		expect(site.sites.writes().lost).toBe(0);
		await link.restore();
		await site.sites.change(() => {});
		await site.runApproved({ state: "active" });
		expect(site.sites.writes("Orders-DR").lacking).toBe(0);
	});

	test("a copy that it breaks stops the run, and nothing is taken for done", async () => {
		const site = await Site.open();
		await site.run({ state: "suspended" });
		const push = site.events.push.bind(site.events);
		site.events.push = (event) => {
			if (event.kind === "afterCall") void site.sites.link("east-array", "west-array").lose();
			return push(event);
		};
		expect(await codeOf(site.run({ state: "active" }))).toMatch(/^SR3/);
		expect(site.record?.interrupted).toMatchObject({ operation: "Resume" });
		expect(site.record?.targetConsistent, "the copy was begun and not proven complete").toBe(false);
	});
});

describe("whether the target is whole", () => {
	/** A Resume during which the array is changed by hand at its call or at a later poll. */
	async function stoppedResume(at: "afterCall" | "polled", copyState: number, progressStatus: number) {
		const site = await Site.open();
		await site.run({ state: "active" });
		await site.run({ state: "suspended" });
		expect(site.record).toMatchObject({ copyState: "Suspended", targetConsistent: true });
		site.onEvent = async ({ kind }) => {
			if (kind !== at) return;
			await site.sites.change((world) => {
				for (const relationship of world.relationships)
					Object.assign(relationship, { change: null, copy: null, copyState, progressStatus });
			});
		};
		expect(await codeOf(site.run({ state: "active" }))).toMatch(/^SR3/);
		return site;
	}

	test("is not known after a copy that may have run between two looks", async () => {
		const site = await stoppedResume("afterCall", 9, 2);
		expect(site.record).toMatchObject({ copyState: "Suspended", targetConsistent: null });
	});

	test("is denied after a copy that was seen, even if the state is the one before again", async () => {
		const site = await stoppedResume("polled", 9, 2);
		expect(site.events.some((event) => event.kind === "polled" && event.seen.startsWith("Unsynchronized"))).toBe(true);
		expect(site.record).toMatchObject({ copyState: "Suspended", targetConsistent: false });
		await site.sites.array("east-array").lose();
		expect(await codeOf(site.run({ state: "failedOver" }, { lost: "source" }))).toBe("SR1023");
	});

	test("is not taken from a record that a killed run left behind, and a failover says so", async () => {
		const site = await Site.open();
		await site.run({ state: "active" });
		await site.run({ state: "suspended" });
		const { record } = site;
		site.onEvent = async ({ kind }) => {
			if (kind === "afterCall") await site.sites.link("east-array", "west-array").lose();
		};
		expect(await codeOf(site.run({ state: "active" }))).toMatch(/^SR3/);
		site.record = record;
		await site.sites.array("east-array").lose();
		const { situation, answer } = await site.look({ state: "failedOver" }, { lost: "source" });
		expect(situation.observed).toMatchObject({ copyState: "Broken", targetConsistent: null });
		expect(answer).toMatchObject({ outcome: "plan", needsApproval: true });
		expect(JSON.stringify(answer)).toContain("nobody saw the copy on Orders-DR complete");
	});

	test("is as it was after a refusal, and after a Failback that broke off, which copies the other way", async () => {
		const site = await Site.open();
		await site.run({ state: "active" });
		await site.run({ state: "suspended" });
		await site.sites.addFault({ kind: "returnCode", code: 5, effect: false, times: 1 });
		expect(await codeOf(site.run({ state: "active" }))).toBe("SR3001");
		expect(site.record).toMatchObject({ copyState: "Suspended", targetConsistent: true });
		await site.run({ state: "active" });
		await site.run({ state: "failedOver" });
		site.onEvent = async ({ kind }) => {
			if (kind === "polled") await site.sites.link("east-array", "west-array").lose();
		};
		expect(await codeOf(site.runApproved({ state: "active" }))).toMatch(/^SR3/);
		expect(site.record).toMatchObject({ interrupted: { operation: "Failback" }, targetConsistent: true });
	});
});

describe("a copy that is required", () => {
	test("is complete before Suspend is sent: from half way the rest of the plan is legal already", async () => {
		const site = await Site.open();
		await site.run({ state: "active" });
		await site.run({ state: "suspended" });
		await site.sites.write("Orders", 3);
		await site.sites.change((world) => {
			for (const relationship of world.relationships) relationship.progressStatus = progress.RequiresResync;
		});
		const from = site.received().length;
		await site.runApproved({ state: "suspended" });
		expect(site.received(from)).toEqual(["ResyncReplica", "Suspend"]);
		expect(site.sites.look().relationships).toMatchObject([{ copyState: 9, consistent: true }]);
		expect(site.sites.writes("Orders-DR").lacking).toBe(0);
	});

	test("and whose call takes effect after its run is not cut off by the next one, to which half of it looks like the rest", async () => {
		const site = await Site.open();
		await site.run({ state: "active" });
		await site.run({ state: "suspended" });
		await site.sites.write("Orders", 3);
		await site.sites.change((world) => {
			for (const relationship of world.relationships) relationship.progressStatus = progress.RequiresResync;
		});
		site.seenAs(() => ({ job: null, requestedCopyState: null }));
		const from = site.received().length;
		await site.sites.late(30_000);
		await site.sites.addFault({ kind: "returnCode", code: 2, effect: true, times: 1 });
		expect(await codeOf(site.runApproved({ state: "suspended" }))).toBe("SR3001");
		expect(await codeOf(site.runApproved({ state: "suspended" }))).toBe("SR5005");
		expect(site.received(from)).toEqual(["ResyncReplica"]);
		const { answer } = await site.look({ state: "suspended" });
		expect(answer, "who looks at the plan anew is told").toMatchObject({
			warnings: [expect.stringContaining("is a partial copy")],
		});
	});

	test("is not what follows a create: Suspend is sent into that copy, as the plan says", async () => {
		const site = await Site.open({ related: false });
		await site.runApproved({ state: "suspended" });
		expect(site.received()).toEqual(["CreateReplica", "Suspend"]);
		expect(site.sites.look().relationships).toMatchObject([{ copyState: 9, consistent: false }]);
	});
});

describe("a failed call tells", () => {
	test.each([
		[40001, "SR3006"],
		[40018, "SR3005"],
		[6, "SR3001"],
		[12345, "SR3001"],
	])("code %i as %s, and nothing is sent a second time", async (code, expected) => {
		const site = await Site.open();
		await site.run({ state: "active" });
		await site.sites.addFault({ kind: "returnCode", code, effect: false, times: 1 });
		const error = await site.run({ state: "suspended" }).catch((thrown: unknown) => thrown);
		expect(error).toMatchObject({ reason: { code: expected, message: expect.stringContaining(`answered ${code}`) } });
		expect(site.received()).toEqual(["Suspend"]);
	});
});

test("fifty relationships that are looked at together cost one reading of each host", async () => {
	const site = await Site.open();
	await site.run({ state: "active" });
	const hosts = site.hosts();
	writeFileSync(`${site.sites.file}.log`, "");
	await Promise.all(
		Array.from({ length: 50 }, () => lookAt(site.request({ state: "active" }), hosts, { freshness: "cached" })),
	);
	const readings = readFileSync(`${site.sites.file}.log`, "utf8").trim().split("\n");
	expect(readings.map((line) => (JSON.parse(line) as { host: string; method: string }).host).sort()).toEqual([
		"east",
		"west",
	]);
	site.clock.advance(30_001);
	await lookAt(site.request({ state: "active" }), hosts, { freshness: "cached" });
	expect(readFileSync(`${site.sites.file}.log`, "utf8").trim().split("\n"), "30 s later they are stale").toHaveLength(
		4,
	);
});
