import type { Situation } from "../../../provider/planner/situation";
import type { Line } from "./lines";
import { defaultReadings } from "./readings";
import { codeOf } from "./search";
import { factsOf, isW, phaseOf, wishHolds, worldOf } from "./world";

/** An answer of either side. */
export interface Answered {
	readonly outcome: "plan" | "refused";
	readonly steps?: readonly Line[];
	readonly needsApproval?: boolean;
}

/** The laws 7 to 10 and 12 of §5 that an answer breaks, asked of it as data. It knows no row. */
export function* lawsBroken(situation: Situation, answer: Answered): Generator<string> {
	const { observed, desired, capabilities } = situation;
	const steps = answer.outcome === "plan" ? (answer.steps ?? []) : [];
	const names = steps.map(nameOf);
	const onRequest = desired.state === "operation";
	const required = requiredBy(situation);
	// "RestoreFromReplica only if asked and not done, at most once a plan; done, it never returns."
	const restores = count(names, "RestoreFromReplica");
	const due = { retake: isDue(situation, "retake"), restore: isDue(situation, "restore") };
	if (restores > 1 || (restores === 1 && !due.restore && desired.operation !== "RestoreFromReplica")) {
		yield "7: a restore that nobody asked for";
	}
	// "The same for a retake". A ResyncReplica that nobody asked for is §1.5's: required, or T is not whole.
	if (count(names, "ResyncReplica") > 1) {
		yield "7: two retakes";
	}
	// "no step between the observation and an asked restore replaces its image"
	const replacing = ["create", "Activate", "Deactivate", "ResyncReplica"];
	const first = names.indexOf("RestoreFromReplica");
	const unrequired = names.filter((name, at) => !isRequired(name, at, required, situation));
	const beforeRestore = unrequired.slice(0, Math.max(unrequired.indexOf("RestoreFromReplica"), 0));
	if (beforeRestore.some((name) => replacing.includes(name))) {
		yield "7: the image that is to be restored is replaced";
	}
	// "An image in W is dropped only by a step marked dataLoss (Dissolve: protectionLoss) and only if a retake, `inactive` or
	// an end is wished."
	if (standsInW(situation)) {
		const drops = ["Deactivate", "ResyncReplica", "ReturnToResourcePool"];
		const dropping = steps.filter(
			(step, at) => drops.includes(nameOf(step)) || (endsSnapshot(step, situation) && at >= 0),
		);
		const wished = due.retake || ["inactive", "absent", "detached"].includes(desired.state) || onRequest;
		for (const step of dropping.slice(0, 1)) {
			if (step.hazard !== "dataLoss") {
				yield `8: ${nameOf(step)} drops an image and is not marked`;
			}
			if (!wished && nameOf(step) !== required && nameOf(step) !== "Detach") {
				yield `8: ${nameOf(step)} drops an image that nobody wants to lose`;
			}
		}
		if (
			steps.some((step) => nameOf(step) === "Dissolve" && step.hazard !== "protectionLoss") &&
			desired.kind === "Snapshot"
		) {
			yield "8: Dissolve drops an image and is not marked";
		}
	}
	// "A copy that holds its wish has the empty plan whatever T's writes."
	if (!onRequest && holds(situation) && !(answer.outcome === "plan" && steps.length === 0)) {
		yield "8: the wish holds, and there is something to do";
	}
	// "Restore open: no step reads from S, none ends or overwrites T." What is required is §1.6's.
	// A restore under way is proven by the wait that comes first.
	const open = observed.restoreOpen && desired.keep !== "source" && observed.progressStatus !== "Restoring";
	if (open && observed.presence === "present") {
		const touching = [...replacing, "Resume", "Detach", "Dissolve", "ReturnToResourcePool", "Abort"];
		const before = first < 0 ? names : names.slice(0, first);
		if (before.some((name, at) => touching.includes(name) && !(at === 0 && name === required))) {
			yield "9: a restore is open, and T is touched or S read";
		}
	}
	// "19 only for Snapshots, only by that name, never with a neighbour on T."
	const onT = (observed.neighbours ?? []).some(({ at }) => at === "target");
	const byName = desired.by === "ReturnToResourcePool" || desired.operation === "ReturnToResourcePool";
	if (names.includes("ReturnToResourcePool") && !(desired.kind === "Snapshot" && byName && !onT)) {
		yield "10: a disk goes that may not go";
	}
	// "No copy's plan contains 10, 11, 20", nor what §1.5 has under "never".
	const codes = steps.map(({ operation }) => (operation ? codeOf(operation) : 0));
	if (codes.some((code) => [3, 5, 6, 10, 11, 13, 17, 18, 20].includes(code))) {
		yield "10: an operation that copies do not have";
	}
	if (steps.some(({ kind, at }) => kind !== "wait" && at !== "source") && observed.direction === "forward") {
		yield "10: issued elsewhere than at S";
	}
	// "On request: one operation step at most"
	if (onRequest && (steps.length > 1 || names.some((name) => name !== "wait" && name !== desired.operation))) {
		yield "12: more than was asked for";
	}
	// The pair's laws: "nothing unadvertised; no unmarked loss"
	const { operations } = capabilities;
	if (operations && steps.some(({ operation }) => operation && !operations.some((name) => name === operation))) {
		yield "nothing unadvertised";
	}
	if (steps.some(({ hazard, loses }) => (hazard === "dataLoss") !== (loses !== undefined))) {
		yield "no unmarked loss";
	}
	if (answer.outcome === "plan" && answer.needsApproval !== steps.some(({ hazard }) => hazard === "dataLoss")) {
		yield "a dataLoss needs approval";
	}
}

/**
 * Law 11: "adding a neighbour, removing an advertised operation, … turning `ahead` up, never gives fewer or milder
 * hazards *on the same steps*".
 */
export function isMilder(worse: Answered, better: Answered): boolean {
	if (worse.outcome === "refused" || better.outcome === "refused") {
		return false;
	}
	const [a, b] = [worse.steps ?? [], better.steps ?? []];
	return a.map(nameOf).join() === b.map(nameOf).join() && a.some((step, at) => weight(step) < weight(b[at]));
}

/** The same situation with more known against us. */
export function* everyWorse(situation: Situation): Generator<Situation> {
	const { observed, capabilities } = situation;
	const neighbour = { syncType: "Mirror", copyState: "Suspended", progressStatus: "Completed" } as const;
	for (const at of ["source", "target"] as const) {
		for (const role of ["source", "target"] as const) {
			const more = { ...neighbour, at, role, targetConsistent: null, syncMode: "Unknown" } as const;
			yield { ...situation, observed: { ...observed, neighbours: [...(observed.neighbours ?? []), more] } };
		}
		const up = { no: "recent", recent: "yes", yes: "yes" } as const;
		const value = observed.ahead[at];
		if (value !== null && value !== "yes") {
			yield { ...situation, observed: { ...observed, ahead: { ...observed.ahead, [at]: up[value] } } };
		}
	}
	for (const left of capabilities.operations ?? []) {
		const operations = (capabilities.operations ?? []).filter((name) => name !== left);
		yield { ...situation, capabilities: { ...capabilities, operations } };
	}
}

function weight(step: Line | undefined): number {
	const order = ["none", "availability", "protectionLoss", "dataLoss"];
	const { what = "writes", age } = step?.loses ?? { age: "no" };
	// §1.5 "Consent for T's losses: `expendable` (`pointInTime` < `writes`, `disk` = `everything`)"
	const grave = ["pointInTime", "recent", "yes", "disk"].indexOf(what === "writes" ? age : what);
	return order.indexOf(step?.hazard ?? "none") * 10 + grave;
}

/** What a *requires* phase asks for comes first; F22: a ResyncReplica that was required requires an Activate. */
function isRequired(name: string, at: number, required: string | null, { capabilities }: Situation): boolean {
	const activates = required === "ResyncReplica" && capabilities.features.includes(22);
	return (at === 0 && name === required) || (at === 1 && activates && name === "Activate");
}

function nameOf({ kind, operation }: Line): string {
	return operation ?? kind;
}

function count(names: readonly string[], name: string): number {
	return names.filter((other) => other === name).length;
}

function isDue({ observed, desired }: Situation, what: "retake" | "restore"): boolean {
	const asks = desired.state !== "absent" && desired.state !== "operation";
	const counts = what === "restore" || desired.state !== "inactive";
	return asks && counts && desired[what] === true && observed.done?.[what] === false;
}

function requiredBy({ observed }: Situation): string | null {
	const { progressStatus } = observed;
	const named = typeof progressStatus === "string" && progressStatus.startsWith("Requires");
	return named ? progressStatus.slice("Requires".length).replace(/^Resync$/, "ResyncReplica") : null;
}

function endsSnapshot({ operation }: Line, { desired }: Situation): boolean {
	return operation === "Detach" && desired.kind === "Snapshot";
}

function isReadable({ observed }: Situation): boolean {
	return typeof observed.copyState === "string" && typeof observed.progressStatus === "string";
}

function standsInW(situation: Situation): boolean {
	const { observed } = situation;
	if (observed.presence === "absent" || !isReadable(situation) || observed.targetConsistent === false) {
		return false;
	}
	const facts = factsOf(situation, defaultReadings);
	return (
		phaseOf(observed.copyState as never, String(observed.progressStatus), observed.job) === "settled" &&
		isW(worldOf(situation, facts))
	);
}

function holds(situation: Situation): boolean {
	const { observed, desired } = situation;
	const bothReachable = observed.reachable.source && observed.reachable.target;
	const ofThisKind = observed.presence === "absent" || observed.syncType === desired.kind || desired.state === "absent";
	if (!bothReachable || !ofThisKind || !isReadable(situation) || observed.direction === "reverse") {
		return false;
	}
	const facts = factsOf(situation, defaultReadings);
	return wishHolds(worldOf(situation, facts), facts);
}
