import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { relationship } from "../../provider/model/vocabulary";
import { virtualDiskSetReplicationRelationshipOperation as codes } from "../../provider/model/vocabulary/operations";
import { planTransition } from "../../provider/planner/planTransition";
import { readSituation } from "../../provider/planner/readSituation";
import { ruleFor, rulesOf } from "../../provider/planner/rules";
import { unfit } from "../../provider/planner/unfit";
import { root } from "./pages";

const kinds = ["mirror", "group", "snapshot", "clone"] as const;
type Kind = (typeof kinds)[number];
const operations = Object.keys(codes) as (keyof typeof codes)[];
const states = ["active", "suspended", "reversed", "split", "failedOver", "inactive", "detached", "absent"] as const;

const syncTypes = { mirror: "Mirror", group: "Mirror", snapshot: "Snapshot", clone: "Clone" } as const;
const progress = ["Completed", "Resyncing", "RequiresResync", "RequiresActivate", "RequiresFracture", "RequiresSplit"];
const features: Record<Kind, readonly (readonly number[])[]> = {
	mirror: [[], [32], [33], [48], [54]],
	group: [[], [30], [61], [47, 63]],
	snapshot: [[], [21], [22], [27]],
	clone: [[], [18], [49]],
};
const copyStates = Object.keys(relationship.synchronizedCopyState).filter(
	(name) => name !== "Mixed" && name !== "NotApplicable",
);

const ofPairs = [
	[null, "Synchronous"],
	[null, "Asynchronous"],
] as const;
const ofGroups = [
	[null, "Asynchronous"],
	[true, "Synchronous"],
	[false, "Synchronous"],
] as const;

/** What can be seen of a relationship of this kind, and with which lists. */
function* everySight(kind: Kind): Generator<{ observed: object; capabilities: object }> {
	for (const own of features[kind])
		for (const lost of kind === "mirror" || kind === "group" ? [false, true] : [false])
			for (const without of kind === "mirror" || kind === "group" ? [[]] : [[], ["Detach", "Dissolve"]])
				for (const [consistency, syncMode] of kind === "group" ? ofGroups : ofPairs) {
					const facts = {
						presence: "present",
						syncMode,
						syncType: syncTypes[kind],
						reachable: { source: !lost, target: true },
						...(consistency === null ? {} : { consistency }),
					};
					const capabilities = {
						operations: operations.filter((name) => !without.some((left) => left === name)),
						features: own,
					};
					for (const direction of kind === "mirror" || kind === "group" ? ["forward", "reverse"] : ["forward"])
						for (const copyState of copyStates)
							for (const progressStatus of kind === "group" || own.length > 0 ? ["Completed"] : progress) {
								const standing = { copyState, direction, progressStatus };
								if (kind !== "group") yield { observed: { ...facts, ...standing }, capabilities };
								else
									for (const other of ["Synchronized", copyState])
										yield {
											observed: {
												...facts,
												...standing,
												subject: "group",
												members: [
													{ id: "a", ...standing, syncMode },
													{ id: "b", ...standing, syncMode, copyState: other },
												],
												candidates: [{ id: "c", presence: "present", copyState: "Synchronized", direction, syncMode }],
											},
											capabilities,
										};
							}
				}
}

function* everyWish(kind: Kind): Generator<object> {
	const of = kind === "snapshot" || kind === "clone" ? { kind: syncTypes[kind] } : {};
	for (const state of states) {
		if (unfit({ state, ...of }) !== null) continue;
		if (state === "absent") {
			for (const by of kind === "snapshot" ? ["Detach", "Dissolve", "ReturnToResourcePool"] : ["Detach", "Dissolve"])
				yield { ...of, state, by };
		}
		yield { ...of, state };
		if (kind === "mirror" && state !== "absent")
			for (const syncMode of ["synchronous", "asynchronous"]) yield { state, syncMode };
		if (kind === "group" && state !== "absent") {
			for (const consistency of [true, false]) yield { state, consistency };
			for (const syncMode of ["synchronous", "asynchronous"]) yield { state, syncMode };
			yield { state, pairs: ["a", "b", "c"] };
			yield { state, pairs: ["a"] };
		}
		if ((kind === "snapshot" || kind === "clone") && state !== "absent") {
			yield { ...of, state, retake: true };
			yield { ...of, state, restore: true };
		}
	}
}

/** By planning: the wishes of each kind that have a step with this operation in a plan, and the kinds that know it on request. */
function askPlanner() {
	const planned = new Map<string, Set<string>>();
	const requested = new Set<string>();
	const answer = (observed: object, capabilities: object, desired: object) => {
		const done = { retake: !("retake" in desired), restore: !("restore" in desired) };
		const read = readSituation({ observed: { ...observed, done }, capabilities, desired });
		if (!read.valid) throw new Error(read.reason);
		const found = planTransition(read.situation);
		return found.outcome === "plan"
			? found.steps.flatMap((step) => (step.kind === "operation" ? [step.operation] : []))
			: [];
	};
	for (const kind of kinds) {
		const wishes = [...everyWish(kind)];
		const of = kind === "snapshot" || kind === "clone" ? { kind: syncTypes[kind] } : {};
		for (const { observed, capabilities } of everySight(kind)) {
			for (const wish of wishes) {
				for (const operation of answer(observed, capabilities, wish)) {
					const key = `${operation} ${kind}`;
					planned.set(key, (planned.get(key) ?? new Set()).add((wish as { state: string }).state));
				}
			}
			for (const operation of operations) {
				if (requested.has(`${operation} ${kind}`)) continue;
				const pairs = { AddSyncPair: ["c"], RemoveSyncPair: ["a"] }[operation as string];
				const wish = { ...of, state: "operation", operation, ...(pairs ? { pairs } : {}) };
				if (answer(observed, capabilities, wish).includes(operation)) requested.add(`${operation} ${kind}`);
			}
		}
	}
	return { planned, requested };
}

/** The three cells of a row: wishes by kind, kinds, kinds. */
function cellsOf(operation: string, { planned, requested }: ReturnType<typeof askPlanner>): readonly string[] {
	const byWishes = new Map<string, Kind[]>();
	for (const kind of kinds) {
		const found = planned.get(`${operation} ${kind}`);
		const wishes = states.filter((state) => found?.has(state)).join(", ");
		if (wishes !== "") byWishes.set(wishes, [...(byWishes.get(wishes) ?? []), kind]);
	}
	const never = kinds.filter((kind) => !planned.has(`${operation} ${kind}`) && !requested.has(`${operation} ${kind}`));
	return [
		[...byWishes].map(([wishes, of]) => `${of.join(", ")}: ${wishes}`).join("; "),
		kinds.filter((kind) => requested.has(`${operation} ${kind}`)).join(", "),
		never.join(", "),
	].map((cell) => cell || "–");
}

const found = askPlanner();

test("docs/operations.md says of all operations when they are planned, when they can be asked for, and of what never", () => {
	const text = readFileSync(join(root, "docs", "operations.md"), "utf8");
	const rows = [...text.matchAll(/^\| (\d+) \| (\w+) \| [^|]+ \| ([^|]+) \| ([^|]+) \| ([^|]+) \|$/gm)].map((row) =>
		row.slice(1),
	);
	const known = operations
		.map((name) => [String(codes[name]), name, ...cellsOf(name, found)])
		.sort(([one], [other]) => Number(one) - Number(other));
	expect(rows).toEqual(known);
	const planned = operations.filter((name) => kinds.some((kind) => found.planned.has(`${name} ${kind}`)));
	expect(text).toContain(`has ${known.length} operations. ${planned.length} of them are planned`);
});

test("what a plan or a request was found with has a row for its kind", () => {
	const { planned, requested } = found;
	for (const kind of ["mirror", "snapshot", "clone"] as const) {
		for (const name of operations) {
			const row = ruleFor(name, syncTypes[kind]) !== undefined;
			const isPlanned = rulesOf(syncTypes[kind]).some(({ operation }) => operation === name);
			if (planned.has(`${name} ${kind}`)) expect(isPlanned, `${name} of a ${kind}`).toBe(true);
			if (requested.has(`${name} ${kind}`)) expect(row, `${name} of a ${kind}`).toBe(true);
		}
	}
});
