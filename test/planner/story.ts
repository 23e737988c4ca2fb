import type { Operation } from "../../provider/model/relationship";
import { virtualDiskSetReplicationRelationshipOperation as operationCodes } from "../../provider/model/vocabulary/operations";
import { describeUntil } from "../../provider/planner/describePlan";
import { plannedOperations } from "../../provider/planner/operations";
import type { Answer } from "../../provider/planner/plan";
import { readSituation } from "../../provider/planner/readSituation";
import type { Situation } from "../../provider/planner/situation";

const ofPairs: readonly Operation[] = plannedOperations;
const all = Object.keys(operationCodes) as Operation[];
const oneOfTwo = (end: string | undefined, value: unknown, other: unknown) =>
	end === "source" ? { source: value, target: other } : { source: other, target: value };

/** What is said of one relationship: its state, its direction, its mode, which disk is half or read-only. */
function ofRelationship(words: readonly string[]): Record<string, unknown> {
	const told: Record<string, unknown> = {};
	for (const [index, word] of words.entries()) {
		const next = words[index + 1];
		if (word === "source" || word === "target") {
			if (next === "inconsistent") told[`${word}Consistent`] = false;
			if (next === "read-only") told.readOnly = oneOfTwo(word, true, false);
			if (next === "ahead") told.ahead = oneOfTwo(word, words[index + 2], "no");
			if (next === "unusable") told.usable = oneOfTwo(word, false, true);
		} else if (["inconsistent", "ahead", "unusable", "read-only"].includes(word)) continue;
		else if (word === "forward" || word === "reverse") told.direction = word;
		else if (word === "Synchronous" || word === "Asynchronous" || word === "Unknown") told.syncMode = word;
		else if (word === "Clone" || word === "Snapshot" || word === "TokenizedClone") told.syncType = word;
		else if (word === "unread") told.read = false;
		else if (word === "existing") told.targetExists = true;
		else if (word === "absent") told.presence = "absent";
		else if (/^\d+$/.test(word)) told.copyState = { unknown: Number(word) };
		else if (/^[A-Z]/.test(word)) told[told.copyState === undefined ? "copyState" : "progressStatus"] = word;
	}
	return told;
}

/**
 * A situation in the words of an administrator: `observe …` is a list of facts, `want …` a wish. What is left out: forward,
 * Synchronous, Completed, both ends reachable and writable, everything advertised, no features, no journal. A `retake` or
 * `restore` that is wanted is not done yet; `alone` lets the members of a group be steered by themselves.
 */
export function situationOf(observe: string, want: string): Situation {
	const observed: Record<string, unknown> = { presence: "present", direction: "forward", syncMode: "Synchronous" };
	const desired: Record<string, unknown> = {};
	const done = { retake: true, restore: true };
	const [state, ...wished] = want.split(/\s+/);
	desired.state = state;
	for (let index = 0; index < wished.length; index++) {
		const word = wished[index] as string;
		if (word === "retake" || word === "restore") {
			desired[word] = true;
			done[word] = false;
			observed.done = done;
			continue;
		}
		const value = wished[++index] as string;
		desired[word] = word === "pairs" ? value.split("+") : word === "consistency" ? value === "true" : value;
	}
	const features: number[] = [];
	let known = desired.kind === undefined && desired.operation === undefined ? ofPairs : all;
	let hidden: readonly string[] = [];
	let unsaid: "nothing" | "null" | null = null;
	let element: { operations: readonly string[]; features: readonly number[] } | null = null;
	for (const part of observe.split(/[,;]\s*/)) {
		const words = part.trim().split(/\s+/);
		const [first = "", second = ""] = words;
		if (first === "features") features.push(...words.slice(1).map(Number));
		else if (first === "without") hidden = words.slice(1);
		else if (first === "advertising") unsaid = second === "nothing" ? "nothing" : "null";
		else if (second === "unreachable") observed.reachable = oneOfTwo(first, false, true);
		else if (first === "job") observed.job = second;
		else if (first === "ended") observed.ended = second;
		else if (first === "restore") observed.restoreOpen = second === "open";
		else if (first === "consistency") observed.consistency = second === "true";
		else if (first === "of") observed.group = second;
		else if (first === "alone") element = { operations: ofPairs, features: [] };
		else if (first === "absent")
			Object.assign(observed, {
				presence: "absent",
				vanished: words.includes("vanished"),
				targetExists: words.includes("existing"),
			});
		else if (first === "neighbour") {
			const [at, role, syncType, ...rest] = words.slice(1);
			observed.neighbours = [
				...((observed.neighbours as object[]) ?? []),
				{ at, role, syncType, ...ofRelationship(rest) },
			];
		} else if (first === "group" || first === "member" || first === "candidate") {
			known = all;
			observed.subject = "group";
			const told = ofRelationship(words.slice(first === "group" ? 1 : 2));
			if (first === "group") Object.assign(observed, told);
			else {
				const pair = { id: second, syncMode: "Synchronous", ...told };
				const present = { direction: "forward", ...pair };
				// The members decide; the group's own word is Mixed where nothing is said of it.
				observed.copyState ??= "Mixed";
				if (first === "member") {
					observed.members = [...((observed.members as object[]) ?? []), present];
				} else {
					const { syncMode: _, ...absent } = pair;
					const candidate = told.presence === "absent" ? absent : { presence: "present", ...present };
					observed.candidates = [...((observed.candidates as object[]) ?? []), candidate];
				}
			}
		} else Object.assign(observed, ofRelationship(words));
	}
	if (desired.kind !== undefined) observed.syncType ??= desired.kind;
	const operations =
		unsaid === "nothing" ? [] : unsaid === "null" ? null : known.filter((name) => !hidden.includes(name));
	const read = readSituation({ observed, capabilities: { operations, features, element }, desired });
	if (!read.valid) throw new Error(`${observe} | ${want}: ${read.reason}`);
	return read.situation;
}

/** An answer in one line, without words: `Suspend; AddSyncPair orders-2; Resume [dataLoss: writes of target]`. */
export function inOneLine(answer: Answer): string {
	if (answer.outcome === "refused") return answer.code;
	const steps = answer.steps.map((step) => {
		if (step.kind === "wait") return `wait ${describeUntil(step.until)}`;
		const name = step.kind === "create" ? "create" : step.operation;
		const whom = step.members ?? step.pairs ?? [];
		const lost =
			step.loses === undefined
				? ""
				: `: ${step.loses.what ?? "writes"} of ${[step.loses.end, ...(step.loses.members ?? [])].join(" ")}`;
		return [name, ...whom, ...(step.hazard === "none" ? [] : [`[${step.hazard}${lost}]`])].join(" ");
	});
	return steps.join("; ") || "nothing";
}
