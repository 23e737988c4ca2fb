import { describe, expect, test } from "vitest";
import type { ProfileName } from "../../provider/hosts/simulator";
import {
	virtualDiskToVirtualDiskProgressStatus as progress,
	synchronizedCopyState as states,
} from "../../provider/model/vocabulary/relationship";
import { codeOf, Site } from "./site";

/**
 * Nights on which acknowledged writes were lost without anybody's consent. Judged by lineage and by the calls that
 * arrived; whatever consent a run has was printed for exactly what goes.
 */

/** What a stranger does with the array's own tools while the copy stands still: the roles are exchanged, writes and all. */
async function strangerReverses(site: Site): Promise<void> {
	await site.sites.change((world) => {
		for (const link of world.relationships) [link.source, link.target] = [link.target, link.source];
	});
}

const bothEndsFailedOver = async (profile: ProfileName) => {
	const site = await Site.open({ profile });
	await site.sites.addFault({ kind: "linkDown", arrays: ["east-array", "west-array"] });
	await site.sites.change((world) => {
		for (const link of world.relationships) Object.assign(link, { copyState: states.Failedover, progressStatus: 2 });
	});
	await site.sites.write("Orders", 4);
	await site.sites.write("Orders-DR", 4);
	await site.sites.removeFaults();
	return site;
};

describe.each(["generous", "srdf"] as const)("on %s arrays", (profile) => {
	test("suspended by us, written to, reversed by somebody: what the old source took does not go with a Resume", async () => {
		const site = await Site.open({ profile });
		await site.run({ state: "active" });
		await site.run({ state: "suspended" });
		await site.sites.write("Orders", 5);
		await strangerReverses(site);
		const from = site.received().length;
		expect(await codeOf(site.run({ state: "reversed" }, { onRoleChange: "repair" }))).toBe("SR5001");
		expect(await codeOf(site.run({ state: "active" }, { onRoleChange: "repair" }))).toMatch(/no error|SR5001|SR10/);
		expect(site.received(from)).not.toContain("CreateReplica");
		expect(site.sites.writes().lost).toBe(0);
	});

	test("nor when it is adopted there for the first time", async () => {
		const site = await Site.open({ profile });
		await site.sites.change((world) => {
			for (const link of world.relationships) Object.assign(link, { copyState: states.Suspended });
		});
		await site.sites.write("Orders", 5);
		await strangerReverses(site);
		expect(await codeOf(site.run({ state: "reversed" }))).toBe("SR5001");
		expect([site.received(), site.sites.writes().lost]).toEqual([[], 0]);
	});

	test.each(["create", "update"])(
		"killed after its own ReverseRoles (%s): both ends had writes of their own",
		async (by) => {
			const site = await bothEndsFailedOver(profile);
			if (by === "update") {
				const found = await site.run({ state: "failedOver" });
				site.record = found.record;
			}
			const { record } = site;
			site.onEvent = async (event) => {
				if (event.kind === "proved") throw new Error("killed");
			};
			const token = await site.token({ state: "reversed" });
			await site.run({ state: "reversed" }, { approvals: [token ?? ""] }).catch(() => {});
			expect(site.received()).toEqual(["ReverseRoles"]);
			site.record = record;
			site.onEvent = async () => {};
			expect(await codeOf(site.run({ state: "reversed" }))).toBe("SR5001");
			expect([site.received(), site.sites.writes().lost]).toEqual([["ReverseRoles"], 0]);
		},
	);
});

test("an end that was ahead stays so in a state whose target otherwise holds nothing of its own", async () => {
	const site = await Site.open();
	await site.run({ state: "active" });
	await site.run({ state: "suspended" });
	await site.sites.write("Orders", 5);
	await strangerReverses(site);
	await site.sites.change((world) => {
		for (const link of world.relationships) Object.assign(link, { copyState: states.Prepared, progressStatus: 2 });
	});
	expect(await codeOf(site.run({ state: "reversed" }, { onRoleChange: "repair" }))).toBe("SR5001");
	expect(site.sites.writes().lost).toBe(0);
});

test("a run that stops while the relationship is hidden does not forget who is ahead (srdf)", async () => {
	const site = await bothEndsFailedOver("srdf");
	await site.run({ state: "failedOver" });
	const token = await site.token({ state: "reversed" });
	const stop = new AbortController();
	site.onEvent = async (event) => {
		if (event.kind === "polled" && event.seen === "no relationship") stop.abort();
	};
	expect(await codeOf(site.run({ state: "reversed" }, { approvals: [token ?? ""] }, stop.signal))).toBe("SR5006");
	expect(site.record).toMatchObject({ copyState: "Failedover", ahead: { source: "yes", target: "yes" } });
	site.onEvent = async () => {};
	expect(await codeOf(site.run({ state: "reversed" }))).toBe("SR5001");
	expect([site.received(), site.sites.writes().lost]).toEqual([["ReverseRoles"], 0]);
});

test("half a disk does not become the source, whatever is consented to", async () => {
	const site = await Site.open();
	await site.run({ state: "active" });
	await site.run({ state: "split" });
	await site.sites.write("Orders", 5);
	site.onEvent = async (event) => {
		if (event.kind !== "polled" || !/Resyncing|Synchronizing/.test(event.seen)) return;
		await site.sites.addFault({ kind: "linkDown", arrays: ["east-array", "west-array"] });
	};
	await codeOf(
		site.runApproved({ state: "active" }, { limits: { transitionMs: 60_000, syncMs: 60_000, deleteMs: 60_000 } }),
	);
	site.onEvent = async () => {};
	await site.sites.removeFaults();
	expect(site.record).toMatchObject({ targetConsistent: false });
	const from = site.received().length;
	for (const keep of ["source", "target"] as const) {
		const { answer } = await site.look({ state: "reversed", keep });
		const steps = answer.outcome === "plan" ? answer.steps : [];
		const reversal = steps.findIndex((step) => step.kind === "operation" && step.operation === "ReverseRoles");
		const whole = steps.findIndex((step) => step.until.copyState === "Synchronized");
		if (reversal !== -1) expect(whole, "the copy completes first").toBeLessThan(reversal);
	}
	await codeOf(site.runApproved({ state: "reversed" }));
	expect(site.received(from)[0]).not.toBe("ReverseRoles");
	expect(site.sites.writes().lost).toBe(0);
});

test("nor is a copy that was stopped half way reversed with consent to what the old source had (srdf)", async () => {
	const site = await Site.open({ profile: "srdf" });
	await site.run({ state: "active" });
	await site.run({ state: "suspended" });
	await site.sites.write("Orders", 5);
	const stop = new AbortController();
	site.onEvent = async (event) => {
		if (event.kind === "polled" && event.seen.includes("Synchronizing")) stop.abort();
	};
	await codeOf(site.run({ state: "active" }, {}, stop.signal));
	site.onEvent = async () => {};
	await site.run({ state: "suspended" });
	expect(site.received()).toEqual(["Suspend", "Resume", "Suspend"]);
	const from = site.received().length;
	await codeOf(site.runApproved({ state: "reversed", keep: "target" }));
	expect(site.received(from)[0]).not.toBe("ReverseRoles");
	expect(site.sites.writes().lost).toBe(0);
});

test("a Failback that breaks off leaves half a source: nothing is copied from it, and the error says which disk is whole", async () => {
	const site = await Site.open();
	await site.run({ state: "active" });
	await site.run({ state: "failedOver" });
	await site.sites.write("Orders-DR", 5);
	site.onEvent = async (event) => {
		if (event.kind !== "polled" || !event.seen.includes("FailingBack")) return;
		await site.sites.addFault({ kind: "linkDown", arrays: ["east-array", "west-array"] });
	};
	const error: unknown = await site
		.runApproved({ state: "active" }, { limits: { transitionMs: 60_000, syncMs: 60_000, deleteMs: 60_000 } })
		.catch((e: unknown) => e);
	expect(String(error)).toMatch(/copy back onto Orders is not complete: only Orders-DR is whole/);
	site.onEvent = async () => {};
	await site.sites.removeFaults();
	site.clock.advance(10_000);
	const from = site.received().length;
	await codeOf(site.runApproved({ state: "active" }));
	expect(site.received(from)).not.toContain("Resume");
	expect(site.received(from)).not.toContain("ResyncReplica");
	expect(site.sites.writes().lost).toBe(0);
});

test("nor when the run was killed, and its record still says Failedover", async () => {
	const site = await Site.open({ profile: "svc" });
	await site.run({ state: "active" });
	await site.run({ state: "failedOver" });
	await site.sites.write("Orders-DR", 5);
	const { record } = site;
	site.onEvent = async (event) => {
		if (event.kind === "afterCall") throw new Error("killed");
	};
	await site.runApproved({ state: "active" }).catch(() => {});
	site.record = record;
	site.onEvent = async () => {};
	await site.sites.addFault({ kind: "linkDown", arrays: ["east-array", "west-array"] });
	await site.sites.change(() => {});
	await site.sites.removeFaults();
	site.clock.advance(10_000);
	const from = site.received().length;
	await codeOf(site.runApproved({ state: "active" }));
	expect(site.received(from)).not.toContain("Resume");
	expect(site.sites.writes().lost).toBe(0);
});

test.each(["srdf", "cci"] as const)(
	"read-only at two looks and written to in between: the source is not `no` (%s)",
	async (profile) => {
		const site = await Site.open({ profile });
		await site.run({ state: "active" });
		await site.sites.readOnly("Orders");
		await site.run({ state: "suspended" });
		await site.sites.readOnly("Orders", false);
		await site.sites.write("Orders", 5);
		await site.sites.readOnly("Orders");
		await codeOf(site.run({ state: "reversed" }));
		expect(site.sites.writes().lost).toBe(0);
	},
);

describe("an asynchronous tail", () => {
	test("longer than maxDataLossSeconds right before the call: nothing is sent", async () => {
		const site = await Site.open({ profile: "svc", syncMode: "asynchronous" });
		await site.run({ state: "active" });
		await site.sites.write("Orders", 3);
		site.onEvent = async (event) => {
			if (event.kind !== "planned") return;
			await site.sites.change((world, nowMs) => {
				for (const link of world.relationships) link.tail = link.tail.map((part) => ({ ...part, atMs: nowMs - 4_000 }));
			});
		};
		expect(await codeOf(site.run({ state: "failedOver" }, { maxDataLossSeconds: 2 }))).toBe("SR5001");
		expect([site.received(), site.sites.writes().lost]).toEqual([[], 0]);
	});

	test("is measured and named again right before it goes, by token as by lag", async () => {
		const site = await Site.open({ profile: "svc", syncMode: "asynchronous" });
		await site.run({ state: "active" });
		await site.sites.write("Orders", 3);
		await site.runApproved({ state: "failedOver" });
		expect(site.events.filter(({ kind }) => kind === "aboutToLose")).toEqual([
			expect.objectContaining({ loses: { end: "source", age: "recent" }, lagSeconds: 1 }),
		]);
	});

	test("of unknown length is too long", async () => {
		const site = await Site.open({ profile: "svc", syncMode: "asynchronous" });
		await site.run({ state: "active" });
		await site.sites.write("Orders", 3);
		const { outlook } = await site.run({ state: "active" });
		expect(outlook.sighting.lagSeconds).not.toBeNull();
		site.seenAs(() => ({ lagSeconds: null }));
		expect(await codeOf(site.run({ state: "failedOver" }, { maxDataLossSeconds: 3_600 }))).toBe("SR5001");
		expect([site.received(), site.sites.writes().lost]).toEqual([[], 0]);
	});

	test("consents to no writes of a lost source, whose age nobody knows, however small the lag was", async () => {
		const site = await Site.open({ profile: "svc", syncMode: "asynchronous" });
		await site.run({ state: "active" });
		await site.sites.write("Orders", 3);
		site.seenAs(() => ({ copyState: states.Synchronized, lagSeconds: 0 }));
		expect(await codeOf(site.run({ state: "failedOver" }, { lost: "source", maxDataLossSeconds: 3_600 }))).toBe(
			"SR5001",
		);
		expect(site.received()).toEqual([]);
	});

	test("consents to recent writes and to no older ones", async () => {
		const site = await Site.open({ profile: "generous", syncMode: "asynchronous" });
		await site.run({ state: "active" });
		await site.run({ state: "failedOver" }, { maxDataLossSeconds: 3_600 });
		await site.sites.write("Orders-DR", 3);
		expect(await codeOf(site.run({ state: "active" }, { maxDataLossSeconds: 3_600 }))).toBe("SR5001");
	});
});

test("the kept end is that of the run: roles that move while it waits do not move whose writes are guarded", async () => {
	const site = await Site.open();
	await site.run({ state: "active" });
	await site.sites.change((world) => {
		const [link] = world.relationships;
		if (link === undefined) throw new Error("no relationship");
		link.progressStatus = 20; // Pending
	});
	let polled = 0;
	site.onEvent = async (event) => {
		if (event.kind !== "polled" || polled++ !== 1) return;
		await site.sites.change((world) => {
			for (const link of world.relationships) Object.assign(link, { copyState: states.Failedover, progressStatus: 2 });
		});
		await site.sites.write("Orders-DR", 4);
	};
	expect(await codeOf(site.run({ state: "active" }, { onRoleChange: "repair" }))).toBe("SR1025");
	expect([site.received(), site.sites.writes().lost]).toEqual([[], 0]);
});

test("an array's lag is asked of the relationship as it is now, not of the last one that was seen", async () => {
	const site = await Site.open({ profile: "svc", syncMode: "asynchronous" });
	await site.run({ state: "active" });
	await site.sites.readOnly("Orders");
	site.seenAs(() => ({ lagSeconds: 7 }));
	expect(await codeOf(site.run({ state: "reversed" }))).toBe("SR5002");
	expect(site.received()).toEqual([]);
});

test("after a role change of our own that was not proved, roles that are back as they were take nothing without consent", async () => {
	const site = await Site.open();
	await site.run({ state: "active" });
	const cancelled = new AbortController();
	await site.sites.late(3_000);
	site.onEvent = async ({ kind }) => {
		if (kind === "afterCall") cancelled.abort();
	};
	await expect(site.run({ state: "reversed" }, {}, cancelled.signal)).rejects.toThrow();
	site.onEvent = async () => {};
	await site.clock.sleep(5_000);
	await site.sites.change((world) => {
		for (const link of world.relationships) link.copyState = states.Suspended;
	});
	await site.sites.write("Orders-DR", 5);
	await strangerReverses(site);
	expect(await codeOf(site.run({ state: "active" }))).toBe("SR5001");
	expect(site.sites.writes("Orders-DR").lost).toBe(0);
});

test("roles that a run saw and did not agree to end what was known against the target", async () => {
	const site = await Site.open();
	await site.run({ state: "suspended" });
	await strangerReverses(site);
	await site.run({ state: "suspended" });
	await site.sites.write("Orders-DR", 5);
	await strangerReverses(site);
	expect(await codeOf(site.run({ state: "active" }))).toBe("SR5001");
	expect(site.sites.writes("Orders-DR").lost).toBe(0);
});

describe("a source that took no writes when a run concluded what it holds, and takes some at a later look", () => {
	const asynchronous = { profile: "svc", syncMode: "asynchronous" } as const;

	test("after somebody's Failback that was waited for: no Failover without consent to its tail", async () => {
		const site = await Site.open(asynchronous);
		await site.run({ state: "active" });
		await site.sites.readOnly("Orders");
		await site.run({ state: "failedOver" });
		await site.sites.change((world) => {
			for (const link of world.relationships) link.progressStatus = progress.FailingBack;
		});
		const from = site.received().length;
		const failedOver = { state: "failedOver" } as const;
		expect(await codeOf(site.run(failedOver, { onRoleChange: "repair" })), "said before it waits").toBe("SR5001");
		let polled = 0;
		site.onEvent = async (event) => {
			if (event.kind !== "polled" || polled++ !== 1) return;
			await site.sites.change((world) => {
				for (const link of world.relationships)
					Object.assign(link, {
						copyState: states.Synchronized,
						progressStatus: progress.Completed,
						sourceFenced: false,
					});
			});
			await site.sites.readOnly("Orders", false);
			await site.sites.write("Orders", 3);
		};
		const seconds = { onRoleChange: "repair", maxDataLossSeconds: 0 } as const;
		expect(await codeOf(site.run(failedOver, seconds))).toMatch(/SR500[15]/);
		expect([site.received(from), site.sites.writes().lost]).toEqual([[], 0]);
	});

	test("after our own Failback: what it took since does not go with the reversal", async () => {
		const site = await Site.open(asynchronous);
		await site.run({ state: "active" });
		await site.sites.readOnly("Orders");
		await site.run({ state: "failedOver" });
		await site.sites.write("Orders-DR", 3);
		site.onEvent = async (event) => {
			if (event.kind !== "proved" || event.at.number !== 1) return;
			await site.sites.readOnly("Orders", false);
			await site.sites.write("Orders", 3);
		};
		const from = site.received().length;
		expect(await codeOf(site.runApproved({ state: "reversed" }))).toBe("SR5005");
		expect([site.received(from), site.sites.writes().lost]).toEqual([["Failback"], 0]);
	});

	test("after our own Suspend: made writable by an administrator, its writes do not go with ReverseRoles and Resume", async () => {
		const site = await Site.open({ profile: "srdf" });
		await site.run({ state: "active" });
		await site.sites.readOnly("Orders");
		site.onEvent = async (event) => {
			if (event.kind !== "proved" || event.at.number !== 1) return;
			await site.sites.readOnly("Orders", false);
			await site.sites.write("Orders", 3);
		};
		expect(await codeOf(site.run({ state: "reversed" }))).toBe("SR5005");
		expect([site.received(), site.sites.writes().lost]).toEqual([["Suspend"], 0]);
	});
});

test.each(["stop", "repair"] as const)(
	"roles that a run saw and stopped at (%s) end what was known against the target, also when they are put back",
	async (onRoleChange) => {
		const site = await Site.open();
		await site.run({ state: "active" });
		await site.sites.change((world) => {
			for (const link of world.relationships) link.copyState = states.Suspended;
		});
		await strangerReverses(site);
		await site.sites.write("Orders-DR", 5);
		const before = site.record;
		expect(await codeOf(site.run({ state: "active" }, { onRoleChange }))).toBe(
			onRoleChange === "stop" ? "SR5003" : "SR5001",
		);
		expect(site.record, "a role change does not look agreed").toEqual({ ...before, ahead: expect.anything() });
		await strangerReverses(site);
		expect(await codeOf(site.run({ state: "active" }))).toBe("SR5001");
		expect([site.received(), site.sites.writes().lost]).toEqual([[], 0]);
	},
);

test("so does a copy that takes writes, also when it takes none any more", async () => {
	const site = await Site.open();
	await site.run({ state: "active" });
	await site.sites.change((world) => {
		for (const link of world.relationships) link.copyState = states.Suspended;
	});
	await site.sites.addFault({ kind: "writable", disk: "Orders-DR" });
	await site.sites.write("Orders-DR", 5);
	expect(await codeOf(site.run({ state: "active" }))).toBe("SR5004");
	await site.sites.removeFaults();
	expect(await codeOf(site.run({ state: "active" }))).toBe("SR5001");
	expect([site.received(), site.sites.writes().lost]).toEqual([[], 0]);
});

test.each(["somebody", "our own killed run"])(
	"roles reversed by %s with an asynchronous tail, where a copy is required then: it does not go without consent",
	async (by) => {
		const site = await Site.open({ profile: "cci", syncMode: "asynchronous" });
		await site.run({ state: "active" });
		const { record } = site;
		await site.sites.write("Orders", 3);
		if (by === "somebody") {
			await strangerReverses(site);
			await site.sites.change((world) => {
				for (const link of world.relationships)
					Object.assign(link, { progressStatus: progress.RequiresResync, tail: [] });
			});
		} else {
			await site.sites.readOnly("Orders");
			site.seenAs(() => ({ lagSeconds: 0 }));
			site.onEvent = async (event) => {
				if (event.kind === "proved") throw new Error("killed");
			};
			await site.run({ state: "reversed" }).catch(() => {});
			expect(site.received()).toEqual(["ReverseRoles"]);
		}
		site.onEvent = async () => {};
		site.record = by === "somebody" ? null : record;
		const from = site.received().length;
		const seconds = { onRoleChange: "repair", maxDataLossSeconds: 3_600 } as const;
		expect(await codeOf(site.run({ state: "reversed" }, seconds))).toBe("SR5001");
		expect([site.received(from), site.sites.writes().lost]).toEqual([[], 0]);
	},
);

test("a role move that a cancelled run had not sent explains no other roles: they are told as changed", async () => {
	const site = await Site.open({ profile: "srdf", syncMode: "synchronous" });
	await site.run({ state: "active" });
	const run = new AbortController();
	site.onEvent = async ({ kind }) => {
		if (kind === "proved") run.abort();
	};
	expect(await codeOf(site.run({ state: "reversed" }, {}, run.signal))).toBe("SR5006");
	expect(site.record?.interrupted).toMatchObject({ operation: "ReverseRoles" });
	const sent = site.received();
	site.onEvent = async () => {};
	await site.sites.change((world) => {
		for (const link of world.relationships) Object.assign(link, { source: link.target, target: link.source });
	});
	expect(await codeOf(site.runApproved({ state: "reversed" }))).toBe("SR5003");
	expect(site.received()).toEqual(sent);
});

test("roles that a run saw between its own steps are remembered as well", async () => {
	const site = await Site.open({ profile: "srdf" });
	await site.run({ state: "active" });
	await site.sites.readOnly("Orders");
	site.onEvent = async (event) => {
		if (event.kind !== "proved" || event.at.number !== 2) return;
		await strangerReverses(site);
		await site.sites.readOnly("Orders", false);
		await site.sites.write("Orders", 5);
	};
	expect(await codeOf(site.run({ state: "reversed" }))).toBe("SR5005");
	expect(site.received()).toEqual(["Suspend", "ReverseRoles"]);
	site.onEvent = async () => {};
	await strangerReverses(site);
	expect(await codeOf(site.run({ state: "reversed" }))).toBe("SR5001");
	expect([site.received(), site.sites.writes("Orders").lost]).toEqual([["Suspend", "ReverseRoles"], 0]);
});

test("a copy whose link broke and that then takes writes is remembered by whoever saw it: it is not overwritten without consent", async () => {
	const site = await Site.open();
	await site.run({ state: "active" });
	await site.sites.link("east-array", "west-array").lose();
	await site.sites.addFault({ kind: "writable", disk: "Orders-DR" });
	await site.sites.write("Orders-DR", 4);
	expect(await codeOf(site.run({ state: "active" }))).toBe("SR5001");
	await site.sites.removeFaults();
	expect(await codeOf(site.run({ state: "active" }))).toBe("SR5001");
	expect([site.received(), site.sites.writes().lost]).toEqual([[], 0]);
	await site.runApproved({ state: "active" });
	expect(site.record).toMatchObject({ copyState: "Synchronized" });
});

test("a copy that was declared lost when it was stopped may have been in use: it is not overwritten without consent", async () => {
	const site = await Site.open();
	await site.run({ state: "active" });
	await site.sites.addFault({ kind: "writable", disk: "Orders-DR" });
	await site.sites.write("Orders-DR", 2);
	await site.run({ state: "suspended" }, { lost: "target" });
	await site.sites.removeFaults();
	expect(await codeOf(site.run({ state: "active" }))).toBe("SR5001");
	expect([site.received(), site.sites.writes().lost]).toEqual([["Suspend"], 0]);
});
