import { describe, expect, test } from "vitest";
import type { Unread } from "../../provider/executor/host";
import { observeRelationship } from "../../provider/executor/observeRelationship";
import { TransitionStopped } from "../../provider/executor/transitionEnd";
import { defaultLimits } from "../../provider/executor/wish";
import { synchronizedCopyState as states } from "../../provider/model/vocabulary/relationship";
import { codeOf, Site } from "./site";

const cases = [
	{ wish: "suspended", operations: ["Suspend"] },
	{ wish: "reversed", operations: ["ReverseRoles"] },
	{ wish: "split", operations: ["Split"] },
] as const;

describe("a call whose outcome is not known", () => {
	test.each(cases)(
		"$wish: cut off after its effect, the run goes on from what it finds",
		async ({ wish, operations }) => {
			const site = await Site.open();
			await site.run({ state: "active" });
			await site.sites.addFault({ kind: "cutOff", effect: true, times: 1 });
			await site.run({ state: wish });
			expect(site.received()).toEqual(operations);
			expect(site.record?.interrupted).toBeUndefined();
		},
	);

	test.each(cases)(
		"$wish: cut off before its effect, nothing is sent again in that run, and the next run goes on",
		async ({ wish, operations }) => {
			const site = await Site.open();
			await site.run({ state: "active" });
			await site.sites.addFault({ kind: "cutOff", effect: false, times: 1 });
			expect(await codeOf(site.run({ state: wish }))).toBe("SR4002");
			expect(site.received()).toEqual(operations);
			expect(site.record?.interrupted).toMatchObject({ operation: operations[0], step: 1 });
			await site.run({ state: wish });
			expect(site.effective()).toEqual(operations);
			expect(site.record?.interrupted).toBeUndefined();
		},
	);

	test.each([2, 3, 4])(
		"code %i with the effect is success, without it the run stops and nothing is sent twice",
		async (code) => {
			const site = await Site.open();
			await site.run({ state: "active" });
			await site.sites.addFault({ kind: "returnCode", code, effect: true, times: 1 });
			await site.run({ state: "suspended" });
			expect(site.received()).toEqual(["Suspend"]);
			await site.sites.addFault({ kind: "returnCode", code, effect: false, times: 1 });
			expect(await codeOf(site.run({ state: "active" }))).toBe("SR3001");
			expect(site.received()).toEqual(["Suspend", "Resume"]);
			await site.run({ state: "active" });
			expect(site.effective()).toEqual(["Suspend", "Resume"]);
		},
	);

	test.each([
		["Failover", { state: "failedOver" }],
		["ReverseRoles", { state: "reversed" }],
		["Failback", { state: "active" }],
	] as const)("%s, answered 2 or 4, is watched as long as a Success may take to show", async (operation, wish) => {
		for (const code of [2, 4]) {
			const site = await Site.open();
			await site.run({ state: "active" });
			if (operation === "Failback") await site.run({ state: "failedOver" });
			const from = site.received().length;
			await site.sites.late(46_000);
			await site.sites.addFault({ kind: "returnCode", code, effect: true, times: 1 });
			expect(await codeOf(site.runApproved(wish)), `${code}`).toBe("no error");
			expect(site.received(from), `${code}`).toEqual([operation]);
		}
	});

	test.each([2, 4])("a Failover, answered %i, is not sent again by the next run before that time", async (code) => {
		const site = await Site.open({ profile: "srdf" });
		await site.run({ state: "active" });
		// Nothing that the array shows tells of it: no job, no request.
		site.seenAs(() => ({ job: null, requestedCopyState: null }));
		await site.sites.late(46_000);
		await site.sites.addFault({ kind: "returnCode", code, effect: true, times: 1 });
		const limits = { ...defaultLimits, transitionMs: 5_000 };
		expect(await codeOf(site.run({ state: "failedOver" }, { limits }))).toBe("SR3004");
		await site.run({ state: "failedOver" });
		expect(site.received()).toEqual(["Failover"]);
		expect(await site.settled()).toMatchObject({ copyState: 10 });
	});

	describe("of which nothing shows yet, before a run that wishes what holds meanwhile", () => {
		async function resumedLate() {
			const site = await Site.open();
			await site.run({ state: "active" });
			await site.run({ state: "suspended" });
			site.seenAs(() => ({ job: null, requestedCopyState: null }));
			await site.sites.late(30_000);
			await site.sites.addFault({ kind: "returnCode", code: 2, effect: true, times: 1 });
			expect(await codeOf(site.run({ state: "active" }))).toBe("SR3001");
			return site;
		}

		test("is waited for: the wish is told as reached when it is", async () => {
			const site = await resumedLate();
			expect(await codeOf(site.run({ state: "suspended" })), "nothing was to be sent").toBe("SR5005");
			expect(site.received()).toEqual(["Suspend", "Resume"]);
			await site.run({ state: "suspended" });
			expect(site.received()).toEqual(["Suspend", "Resume", "Suspend"]);
			expect(await site.settled()).toMatchObject({ copyState: 9 });
		});

		test("is not forgotten by a run that is cancelled while it waits", async () => {
			const site = await resumedLate();
			const cancelled = new AbortController();
			cancelled.abort();
			expect(await codeOf(site.run({ state: "suspended" }, {}, cancelled.signal))).toBe("SR5006");
			expect(site.record).toMatchObject({ interrupted: { operation: "Resume" } });
			await site.run({ state: "active" });
			expect(site.received()).toEqual(["Suspend", "Resume"]);
		});
	});

	test.each([2, 4])(
		"a create, answered %i, is watched as long as one: where nothing was made no record remembers it",
		async (code) => {
			const site = await Site.open({ related: false });
			await site.sites.late(46_000);
			await site.sites.addFault({ kind: "returnCode", code, effect: true, times: 1 });
			expect(await codeOf(site.runApproved({ state: "active" }))).toBe("no error");
			expect(site.received()).toEqual(["CreateReplica"]);
		},
	);

	test("a Failover is not repeated on an array that would undo it", async () => {
		const site = await Site.open({ profile: "srdf" });
		await site.run({ state: "active" });
		const token = await site.token({ state: "failedOver" });
		expect(token, "synchronous and reachable: nothing is lost").toBeNull();
		await site.sites.addFault({ kind: "cutOff", effect: true, times: 1 });
		await site.run({ state: "failedOver" });
		await site.run({ state: "failedOver" });
		expect(site.received()).toEqual(["Failover"]);
		expect(await site.settled()).toMatchObject({ copyState: 10 });
	});
});

describe("a stale cache", () => {
	test("is refreshed, and the operation sent again once", async () => {
		const site = await Site.open();
		await site.run({ state: "active" });
		await site.sites.addFault({ kind: "staleCache", disk: "Orders" });
		await site.run({ state: "suspended" });
		expect(site.sites.everyCall().map(({ operation, method }) => operation ?? method)).toEqual([
			"Suspend",
			"Discover",
			"Suspend",
		]);
		expect(site.effective()).toEqual(["Suspend"]);
	});

	test.each(["generous", "srdf", "svc", "threepar", "cci"] as const)(
		"costs one repeat at whatever step it comes, on %s arrays",
		async (profile) => {
			for (const state of ["suspended", "reversed", "failedOver", "absent"] as const) {
				const open = async () => {
					const site = await Site.open({ profile });
					await site.sites.readOnly("Orders");
					await site.run({ state: "active" });
					return site;
				};
				const undisturbed = await open();
				await undisturbed.runApproved({ state });
				const operations = undisturbed.effective();
				for (let spoiled = 0; spoiled < operations.length; spoiled++) {
					const site = await open();
					let calls = 0;
					site.fence = async () => {
						if (calls++ === spoiled) {
							await site.sites.addFault({ kind: "returnCode", code: 40003, effect: false, times: 1 });
						}
					};
					await site.runApproved({ state });
					const expected = operations.flatMap((name, index) => (index === spoiled ? [name, name] : [name]));
					expect(site.received(), `${state}, step ${spoiled + 1}`).toEqual(expected);
					expect(site.effective()).toEqual(operations);
				}
			}
		},
	);

	test("is refreshed, and where somebody else has done it meanwhile it is not sent again", async () => {
		const site = await Site.open();
		await site.run({ state: "active" });
		await site.sites.addFault({ kind: "staleCache", disk: "Orders" });
		site.onEvent = async ({ kind }) => {
			if (kind !== "afterCall") return;
			await site.sites.change(({ relationships: [relationship] }) => {
				if (relationship !== undefined) relationship.copyState = states.Suspended;
			});
		};
		await site.run({ state: "suspended" });
		expect(site.received()).toEqual(["Suspend"]);
	});

	test("that stays stale stops the run after that one repeat", async () => {
		const site = await Site.open();
		await site.run({ state: "active" });
		await site.sites.addFault({ kind: "returnCode", code: 40003, effect: false, times: 5 });
		expect(await codeOf(site.run({ state: "suspended" }))).toBe("SR3001");
		expect(site.received()).toEqual(["Suspend", "Suspend"]);
		expect(site.effective()).toEqual([]);
	});
});

describe("jobs", () => {
	test("one that vanished is judged by the state", async () => {
		const site = await Site.open({ profile: "srdf" });
		await site.run({ state: "suspended" });
		await site.sites.addFault({ kind: "job", fate: "vanished", times: 1 });
		await site.run({ state: "active" });
		expect(site.record).toMatchObject({ copyState: "Synchronized" });
	});

	test("one that fails stops the run and says so", async () => {
		const site = await Site.open({ profile: "srdf" });
		await site.run({ state: "active" });
		await site.sites.addFault({ kind: "job", fate: "failed", times: 1 });
		expect(await codeOf(site.run({ state: "failedOver" }))).toBe("SR3002");
		await site.run({ state: "failedOver" });
		expect(site.record).toMatchObject({ copyState: "Failedover" });
	});

	test("one that hangs ends at the limit, and the next run attaches to it instead of sending again", async () => {
		const site = await Site.open({ profile: "srdf" });
		await site.run({ state: "active" });
		await site.sites.addFault({ kind: "job", fate: "stuck", times: 1 });
		expect(await codeOf(site.run({ state: "failedOver" }))).toBe("SR3004");
		await site.sites.change((world) => {
			for (const job of world.jobs) job.stuck = false;
		});
		await site.run({ state: "failedOver" });
		expect(site.received()).toEqual(["Failover"]);
	});
});

describe("the world around", () => {
	test("a host that goes down in mid-run is waited for", async () => {
		const site = await Site.open();
		await site.run({ state: "suspended" });
		let polls = 0;
		const record = site.events.push.bind(site.events);
		site.events.push = (event) => {
			if (event.kind === "afterCall") void site.sites.host("west").down();
			if (event.kind === "beforeCall") polls = 0;
			return record(event);
		};
		const sleep = site.clock.sleep.bind(site.clock);
		site.clock.sleep = async (ms) => {
			if (++polls === 6) await site.sites.host("west").up();
			await sleep(ms);
		};
		await site.run({ state: "active" });
		expect(site.record).toMatchObject({ copyState: "Synchronized" });
	});

	test("a host that merely does not answer is never failed away from", async () => {
		const site = await Site.open();
		await site.run({ state: "active" });
		await site.sites.host("east").down();
		expect(await codeOf(site.run({ state: "failedOver" }))).toBe("SR4001");
		expect(await codeOf(site.run({ state: "absent" }))).toBe("SR4001");
		expect(site.received()).toEqual([]);
	});

	test("nothing is sent when the engine is gone", async () => {
		const site = await Site.open();
		await site.run({ state: "active" });
		site.fence = async () => {
			throw new Error("gone");
		};
		await expect(site.run({ state: "suspended" })).rejects.toThrow("gone");
		expect(site.received()).toEqual([]);
	});

	test("a cancelled run sends nothing more", async () => {
		const site = await Site.open();
		await site.run({ state: "active" });
		expect(await codeOf(site.run({ state: "suspended" }, {}, AbortSignal.abort()))).toBe("SR5006");
		expect(site.received()).toEqual([]);
	});

	test("a copy that takes longer than its limit stops the run, and the next one waits for the rest of it", async () => {
		const site = await Site.open();
		await site.run({ state: "suspended" });
		await site.sites.addFault({ kind: "slow", factor: 1_000 });
		const limits = { ...defaultLimits, syncMs: 60_000 };
		expect(await codeOf(site.run({ state: "active" }, { limits }))).toBe("SR3004");
		expect(site.record).toMatchObject({ copyState: "Unsynchronized", targetConsistent: false });
		await site.run({ state: "active" });
		expect(site.effective()).toEqual(["Suspend", "Resume"]);
	});

	test("a failed run says what is done, what failed and what was not tried", async () => {
		const site = await Site.open({ profile: "srdf" });
		await site.run({ state: "active" });
		const record = site.events.push.bind(site.events);
		site.events.push = (event) => {
			if (event.kind === "proved") void site.sites.addFault({ kind: "returnCode", code: 5, effect: false, times: 1 });
			return record(event);
		};
		const stopped = await site.run({ state: "reversed" }).catch((error: unknown) => error);
		expect(stopped).toBeInstanceOf(TransitionStopped);
		if (!(stopped instanceof TransitionStopped)) return;
		expect(stopped.done.map((step) => step.kind === "operation" && step.operation)).toEqual([expect.any(String)]);
		expect(stopped.record.generation).toBe(1);
		expect(stopped.record.interrupted).toMatchObject({ step: 2 });
	});
});

test("an end that could not be read is no proof that there is no relationship", async () => {
	const site = await Site.open();
	await site.sites.change((world) => {
		world.relationships = [];
	});
	await site.sites.host("east").down();
	const { declared } = site.request({ state: "active" });
	expect(await codeOf(observeRelationship({ ...declared, knownIds: site.ids }, site.hosts(), "fresh"))).toBe("SR4001");
});

test("a peer by another name is no proof either, while the end that has it cannot be asked", async () => {
	const site = await Site.open();
	await site.sites.host("east").down();
	const { declared } = site.request({ state: "active" });
	const ends = { ...declared.ends, source: { host: "east", virtualDisk: "Orders by another name" } };
	const look = observeRelationship({ ...declared, ends, lost: "source" }, site.hosts(), "fresh");
	await expect(look).rejects.toMatchObject({
		code: "SR2011",
		message: expect.stringContaining("6000100000000001"),
		facts: { property: "source.virtualDisk" },
	});
});

test("a relationship that a host names and cannot show is not absent; elsewhere on that host it stops nothing", async () => {
	const site = await Site.open();
	await site.sites.change((world) => {
		world.relationships = [];
	});
	const { declared } = site.request({ state: "active" });
	const lookWith = (unread: readonly Unread[]) => {
		site.seenThrough((seen, host) => (host === "east" ? { ...seen, unread } : seen));
		return observeRelationship(declared, site.hosts(), "fresh");
	};
	const ours = lookWith([{ hides: "relationship", diskUniqueId: site.ids.source, what: "something" }]);
	await expect(ours).rejects.toMatchObject({ code: "SR4003" });
	// Null: of a disk that the host does not list, and it lists ours.
	for (const diskUniqueId of ["another disk", null]) {
		const others = await lookWith([{ hides: "relationship", diskUniqueId, what: "something" }]);
		expect(others.observed.presence).toBe("absent");
	}
});

describe("consent", () => {
	test("a token fits its plan on its observation, once", async () => {
		const site = await Site.open();
		await site.run({ state: "active" });
		await site.sites.array("east-array").lose();
		const lost = { lost: "source" } as const;
		const token = await site.token({ state: "failedOver" }, lost);
		expect(token).not.toBeNull();
		const approvals = [token ?? ""];
		expect(await codeOf(site.run({ state: "failedOver" }, lost))).toBe("SR5001");
		expect(await codeOf(site.run({ state: "failedOver" }, { ...lost, approvals: ["0000-0000-0000"] }))).toBe("SR5001");
		expect(site.received()).toEqual([]);
		await site.run({ state: "failedOver" }, { ...lost, approvals });
		await site.sites.array("east-array").restore();
		await site.runApproved({ state: "active" });
		await site.sites.array("east-array").lose();
		expect(await codeOf(site.run({ state: "failedOver" }, { ...lost, approvals })), "a leftover is inert").toBe(
			"SR5001",
		);
	});

	test("a measured lag consents to recent writes only, and an unknown or larger one to nothing", async () => {
		const site = await Site.open({ syncMode: "asynchronous" });
		await site.run({ state: "active" });
		await site.sites.write("Orders", 3);
		site.clock.advance(2_000);
		expect(await codeOf(site.run({ state: "reversed" }))).toBe("SR5001");
		expect(await codeOf(site.run({ state: "reversed" }, { maxDataLossSeconds: 1 }))).toBe("SR5001");
		expect(site.received()).toEqual([]);
		await site.run({ state: "reversed" }, { maxDataLossSeconds: 10 });
		expect(site.effective()).toEqual(["ReverseRoles"]);
	});

	test("a read-only source is drained before its role moves: no acknowledged write is lost", async () => {
		const site = await Site.open({ syncMode: "asynchronous", profile: "svc" });
		await site.run({ state: "active" });
		await site.sites.write("Orders", 3);
		await site.sites.readOnly("Orders");
		await site.run({ state: "reversed" });
		expect(site.received()).toEqual(["ReverseRoles"]);
		expect(site.sites.writes().lost).toBe(0);
		expect(site.sites.writes("Orders-DR").lacking).toBe(0);
	});
});

describe("roles that somebody else changed", () => {
	test("stop does nothing, adopt takes the array's word, repair plans back", async () => {
		const site = await Site.open();
		await site.run({ state: "active" });
		await site.sites.changeRoles("Orders");
		expect(await codeOf(site.run({ state: "active" }))).toBe("SR5003");
		await site.run({ state: "active" }, { onRoleChange: "adopt" });
		expect(site.received()).toEqual([]);
		expect(site.record).toMatchObject({ direction: "reverse" });
		await site.run({ state: "active" }, { onRoleChange: "repair" });
		expect(site.effective()).toEqual(["ReverseRoles"]);
	});

	test("a target that takes writes while it is a copy is split brain: nothing is touched", async () => {
		const site = await Site.open();
		await site.run({ state: "active" });
		expect(site.record?.readOnly).toEqual({ source: false, target: true });
		await site.sites.addFault({ kind: "writable", disk: "Orders-DR" });
		expect(await codeOf(site.run({ state: "suspended" }))).toBe("SR5004");
		expect(site.received()).toEqual([]);
	});
});

describe("a CreateReplica with consent to overwrite the target", () => {
	async function answered(code: number, stoppedWith: RegExp, more: (site: Site) => void = () => {}) {
		const site = await Site.open({ related: false });
		await site.sites.addFault({ kind: "returnCode", code, effect: false, times: 1 });
		more(site);
		const error = await site.runApproved({ state: "active" }).catch((thrown: unknown) => thrown);
		expect([site.received(), site.effective()]).toEqual([["CreateReplica"], []]);
		if (!(error instanceof TransitionStopped)) throw error;
		expect(error.reason.code).toMatch(stoppedWith);
		return error.reason.facts.dataSafety;
	}

	test.each([1, 5, 8, 40001, 40002, 40009])("that was refused (%i) destroyed nothing, and says so", async (code) => {
		expect(await answered(code, /^SR300[16]$/)).toBe("yes, nothing that was sent destroys writes.");
	});

	test.each([2, 3, 4])(
		"that was answered with an error that says nothing of its effect (%i) may have",
		async (code) => {
			expect(await answered(code, /^SR3001$/)).toContain("are or may be destroyed");
		},
	);

	test.each([
		["something else destroyed nothing", { copyState: states.Split, progressStatus: 2 }, /^yes, nothing/],
		["the same copy may have", { copyState: states.Unsynchronized, progressStatus: 7 }, /are or may be destroyed/],
	])("that was refused while somebody else began %s", async (_, meanwhile, told) => {
		const site = await Site.open();
		await site.run({ state: "suspended" });
		site.record = null;
		await site.sites.addFault({ kind: "returnCode", code: 5, effect: false, times: 1 });
		site.onEvent = async ({ kind }) => {
			if (kind !== "beforeCall") return;
			await site.sites.change((world) => {
				for (const link of world.relationships) Object.assign(link, { copy: null, ...meanwhile });
			});
		};
		const limits = { ...defaultLimits, syncMs: 5_000 };
		const error = await site.runApproved({ state: "active" }, { limits }).catch((thrown: unknown) => thrown);
		if (!(error instanceof TransitionStopped)) throw error;
		expect(error.reason.facts.dataSafety).toMatch(told);
	});

	test("that was refused, and no look since shows the state, may have for all that is known", async () => {
		const told = await answered(5, /^SR4/, (site) => {
			site.onEvent = async ({ kind }) => {
				if (kind !== "afterCall") return;
				for (const host of ["east", "west"]) await site.sites.addFault({ kind: "hostDown", host });
			};
		});
		expect(told).toContain("are or may be destroyed");
	});
});
