import { execFile } from "node:child_process";
import { resolve } from "node:path";
import { promisify } from "node:util";
import { afterEach, expect, test, vi } from "vitest";
import { systemClock } from "../../provider/executor/clock";
import { Hosts } from "../../provider/executor/hosts";
import { lookAt } from "../../provider/executor/outlook";
import type { RelationshipRecord } from "../../provider/executor/record";
import type { Request } from "../../provider/executor/request";
import { runTransition } from "../../provider/executor/transition";
import { type Wish, wishFor } from "../../provider/executor/wish";
import { connectPowerShell } from "../../provider/hosts/powershell";
import type { Desired } from "../../provider/planner/situation";
import { describeWithPowerShell } from "./describeWithPowerShell";
import { everyNoise, Judge, type JudgeKnobs } from "./judge";
import { requirePwsh } from "./realPowerShell";

/** One wish, and the operations that the judge must have taken for it. */
type Stage = readonly [state: Desired["state"], operations: readonly string[]];

const wholeLife: readonly Stage[] = [
	["active", []],
	["suspended", ["Suspend"]],
	["active", ["Resume"]],
	["split", ["Split"]],
	["active", ["ResyncReplica"]],
	["reversed", ["ReverseRoles"]],
	["active", ["ReverseRoles"]],
	["failedOver", ["Failover"]],
	["active", ["Failback"]],
	["absent", ["Detach"]],
	["active", ["CreateReplica"]],
];

const lives: Readonly<Record<string, { kind: "local" | "cim"; knobs: JudgeKnobs; stages: readonly Stage[] }>> = {
	"codes as values in streamed outputs, nulls left out, talk on every stream": {
		kind: "local",
		knobs: { codesAs: "returnValue", streamed: true, extendedStatus: true, omitNullOut: true, noise: everyNoise },
		stages: wholeLife,
	},
	"no RunAsJob, states that change late, other numbers for settled": {
		kind: "local",
		knobs: { runAsJob: false, jobs: "never", lateMs: 900, progress: { Suspended: 3, Synchronized: 3 } },
		stages: wholeLife,
	},
	"links and peers at the source only, no ids but the unique one, jobs without a reference": {
		kind: "cim",
		knobs: {
			linksShownAt: "source",
			peerIds: "null",
			peerSubsystemName: "FriendlyName",
			jobs: "always",
			jobOutcome: "noReference",
		},
		stages: wholeLife,
	},
	"a stale cache before every operation, nothing advertised, one-sided removal": {
		kind: "cim",
		knobs: { stale: "everyOp", operationsError: 1, detachOneSided: true },
		stages: wholeLife.map(([state, operations]) =>
			state === "absent" ? [state, ["Detach", "Detach"]] : [state, operations],
		),
	},
	"roles that swap only when failed over or suspended, a link that hides afterwards, a Failover that toggles": {
		kind: "local",
		knobs: { features: [32, 33], reverseHiddenMs: 900, failoverAgain: "toggle", jobOutcome: "vanishesMidRun" },
		stages: [
			["active", []],
			["reversed", ["Failover", "ReverseRoles", "Resume"]],
			["active", ["Failover", "ReverseRoles", "Resume"]],
			["failedOver", ["Failover"]],
			["failedOver", []],
			["reversed", ["ReverseRoles", "Resume"]],
		],
	},
	"a planned failover that wants a fracture, a reversal that wants a resync and an activation": {
		kind: "cim",
		knobs: { features: [20, 22, 54], jobOutcome: "vanishesAtEnd" },
		stages: [
			["active", []],
			["reversed", ["ReverseRoles", "ResyncReplica", "Activate"]],
			["active", ["ReverseRoles", "ResyncReplica", "Activate"]],
			["failedOver", ["Fracture", "Failover"]],
			["active", ["Failback"]],
		],
	},
};

describeWithPowerShell("before a judge who does not know the product", () => {
	afterEach(() => {
		vi.unstubAllEnvs();
	});

	test("the judge keeps its own promises", async () => {
		const selftest = resolve(__dirname, "judge", "selftest.ps1");
		const { stdout } = await promisify(execFile)(requirePwsh(), ["-NoProfile", "-File", selftest], {
			env: { ...process.env, NO_COLOR: "1", TERM: "dumb" },
		}).catch((error: { readonly stdout?: string }) => ({ stdout: error.stdout ?? String(error) }));
		expect(stdout).toMatch(/selftest: \d\d passed, 0 failed/);
	});

	for (const [name, { kind, knobs, stages }] of Object.entries(lives)) {
		test(`${name}: every transition arrives, nothing is sent twice`, async () => {
			const { judge, apply, close } = open(kind, knobs);
			try {
				for (const [state, operations] of stages) {
					const before = judge.calls().length;
					await apply(state);
					expect(judge.taken(before), state).toEqual(operations);
				}
				expect(judge.events().filter(({ toggled }) => toggled)).toEqual([]);
			} finally {
				await close();
			}
		});
	}

	test("the declared source is lost, taken over from, and comes back: what it alone had is all that goes", async () => {
		const { judge, apply, close } = open("cim", { failoverAgain: "toggle" });
		try {
			const site = (up: boolean, content: Readonly<Record<string, string>>) =>
				judge.change(({ pairs, machines, arrays }) => {
					for (const pair of pairs) pair.link = up ? "up" : "down";
					Object.assign(machines.east ?? {}, { up });
					for (const [array, written] of Object.entries(content))
						Object.assign(arrays[array]?.disks[0] ?? {}, { content: written });
				});
			await apply("active");
			await site(false, { A: "written last, never sent" });
			await apply("failedOver", { lost: "source" });
			await apply("failedOver", { lost: "source" });
			expect(judge.taken()).toEqual(["Failover"]);
			await site(true, { B: "written while B served" });
			await apply("reversed");
			await apply("active");
			expect(judge.taken()).toEqual(["Failover", "ReverseRoles", "Resume", "ReverseRoles"]);
			expect(judge.events().filter(({ event }) => event === "overwrite")).toMatchObject([
				{ old: "written last, never sent", new: "written while B served" },
			]);
		} finally {
			await close();
		}
	});
});

/** A relationship whose hosts are the judge's, and updates of it with the approval that their preview asks for. */
function open(kind: "local" | "cim", knobs: JudgeKnobs) {
	const judge = new Judge(kind === "cim" ? "two-machines" : "local", knobs);
	for (const [name, value] of Object.entries(judge.environment)) vi.stubEnv(name, value);
	const executable = requirePwsh();
	const hosts = new Hosts(
		(name) =>
			connectPowerShell(
				kind === "cim" ? { name, kind, computerName: name, executable } : { name, kind: "local", executable },
			),
		systemClock,
	);
	let record: RelationshipRecord | null = null;
	return {
		judge,
		close: () => hosts.close(),
		apply: async (state: Desired["state"], more: Partial<Wish> = {}) => {
			const mode = state === "active" || state === "reversed" ? { syncMode: "Synchronous" as const } : {};
			const wish = wishFor({ state, ...mode }, more);
			const request = (approvals: readonly string[]): Request => ({
				declared: {
					ends: {
						source: { host: "east", virtualDisk: "Sales" },
						target: { host: "west", virtualDisk: "Sales DR" },
					},
					lost: wish.lost,
					knownIds: { source: null, target: null },
				},
				wish: { ...wish, approvals },
				record,
			});
			const { token } = await lookAt(request([]), hosts, { freshness: "fresh" });
			const surroundings = { hosts, clock: systemClock, fence: async () => {}, report: () => {} };
			const result = await runTransition(request(token === null ? [] : [token]), surroundings);
			record = result.record;
		},
	};
}
