import { errorCodes } from "../../provider/model/errorCodes";
import { ends } from "../../provider/model/relationship";
import {
	type Condition,
	conditions,
	type Group,
	type HostRead,
	type Relationship,
	type Seen,
	type Summary,
} from "./estate";

/** All of a relationship but the judgement on it. */
export type Facts = Omit<Relationship, "isProtected" | "condition" | "reasons">;

const settled: readonly string[] = ["Completed", "Dormant", "NotApplicable", "Unknown"];
/** What is seen under these has no one meaning (planner/phase.ts): only waiting tells. */
const ambiguous: readonly string[] = ["Pending", "Detaching", "Aborting", "Mixed", "Terminating"];

/**
 * The judgement: whether a person is needed, and why. `unread` is the worst, since anything may be behind it; `attention`
 * waits for a person; `notice` is under way, or is no protection because that is what was wished.
 */
export function judged(facts: Facts): Relationship {
	const isProtected = protectionOf(facts);
	const found = [...unreadIn(facts), ...attentionIn(facts, isProtected), ...noticeIn(facts, isProtected)];
	return { ...facts, isProtected, ...judgement(found) };
}

export type Reason = readonly [Condition, string];

/** The worst first. */
export function judgement(found: readonly Reason[]): Pick<Relationship, "condition" | "reasons"> {
	const sorted = found.toSorted(([one], [other]) => conditions.indexOf(other) - conditions.indexOf(one));
	const [[condition] = ["well" as const]] = sorted;
	return { condition, reasons: [...new Set(sorted.map(([, reason]) => reason))] };
}

function protectionOf({ copy, seen, source, target, declared }: Facts): boolean | null {
	if (copy !== null || seen === null) return null;
	if (seen.presence === "absent" || declared?.lost) return false;
	if (seen.copyState !== "Synchronized" || seen.contradiction !== null) return false;
	// One host alone says that it is: the other one may tell of something worse.
	if (source.unread !== null || target.unread !== null) return null;
	// A copy on a disk that nothing may be served from.
	if ((seen.serving === "source" ? target : source).isUsable === false) return null;
	if (ambiguous.includes(seen.progressStatus) || seen.progressStatus.startsWith("unknown ")) return null;
	return settled.includes(seen.progressStatus);
}

function unreadIn(facts: Facts): Reason[] {
	const { seen, nextUp, declared, error } = facts;
	const silent = ends.filter((end) => facts[end].unread !== null && declared?.lost !== end);
	const found = silent.map((end): Reason => ["unread", `the ${end} was not read: ${facts[end].unread}`]);
	if (nextUp?.does === "notKnown" && silent.length === 0) found.push(["unread", nextUp.what]);
	// What is shown of it by one host does not make up for a look that failed.
	if (found.length === 0 && nextUp?.does !== "stops" && (seen === null || error !== null))
		found.push(["unread", error ?? "it could not be read"]);
	return found;
}

function attentionIn(facts: Facts, isProtected: boolean | null): Reason[] {
	const { seen, nextUp, interrupted, lagLimit, copy } = facts;
	const found: string[] = [];
	const isToldByPlan = nextUp?.does === "stops" && nextUp.code === errorCodes.restoreIsOpen;
	if (copy?.restoreOpen === true && !isToldByPlan)
		found.push(
			`a restore of ${facts.source.virtualDisk ?? "the source"} was begun and is not proven: ${facts.target.virtualDisk ?? "the copy"} may be the only good image. Do: keep it, restore again, or declare keep: source if the source is good`,
		);
	if (nextUp?.does === "stops") found.push(`up stops: ${nextUp.code}: ${nextUp.what} Do: ${nextUp.remedy}`);
	if (nextUp?.does === "runs" && nextUp.consent === "missing") {
		const losing = nextUp.steps.find(({ loses }) => loses !== null);
		found.push(`the next up needs consent: ${losing?.text ?? "it destroys writes"}`);
	}
	if (interrupted !== null) {
		const { operation, step, of, at } = interrupted;
		found.push(`the last run was interrupted in step ${step} of ${of}, ${operation}, at ${at}`);
	}
	for (const end of ends) {
		const { ailment, virtualDisk } = facts[end];
		if (ailment !== null) found.push(`${virtualDisk ?? `the ${end}`} is not well: ${ailment}`);
	}
	if (seen?.presence === "present") {
		if (seen.contradiction !== null) found.push(seen.contradiction);
		if (seen.serving === null && seen.contradiction === null) found.push("no host says which disk is the source");
		if (lagLimit !== null && seen.lagSeconds !== null && seen.lagSeconds > lagLimit.seconds)
			found.push(`${seen.lagSeconds} s behind, and its limit is ${lagLimit.seconds} s`);
		if (isProtected === false && isAtRest(seen) && facts.satisfied !== true)
			found.push(`no copy follows: ${describeState(seen)}`);
		if (copy !== null && isAtRest(seen, true) && facts.satisfied !== true && lacksImage(facts, seen))
			found.push(`it holds no whole point in time: ${describeState(seen)}`);
	}
	return found.map((reason) => ["attention", reason]);
}

type Present = Extract<Seen, { presence: "present" }>;

/** What nobody declares may hold none on purpose, but not where it stopped by itself. */
function lacksImage({ copy, declared }: Facts, { copyState }: Present): boolean {
	return declared !== null ? copy?.complete === false : copyState === "Broken" || copyState === "Aborted";
}

/** Under `Requires…` nothing goes on until somebody issues that operation. */
function isAtRest({ copyState, progressStatus }: Present, isCopy = false): boolean {
	if (progressStatus.startsWith("Requires")) return true;
	// A copy that is associated, and nothing started, may stay so.
	const isBegun = copyState === "Unsynchronized" || (copyState === "Initialized" && !isCopy);
	return settled.includes(progressStatus) && !isBegun;
}

function describeState({ copyState, progressStatus }: Present): string {
	return settled.includes(progressStatus) ? copyState : `${copyState}, ${progressStatus}`;
}

function noticeIn(facts: Facts, isProtected: boolean | null): Reason[] {
	const { seen, nextUp, satisfied, declared, lagLimit, failover, copy } = facts;
	const found: string[] = [];
	if (nextUp?.does === "runs" && nextUp.consent !== "missing")
		found.push(`the next up: ${nextUp.steps.map(({ text }) => text).join("; ")}`);
	if (declared?.lost) found.push(`the ${declared.lost} is declared lost: nothing protects the other end`);
	if (seen?.presence === "absent" && (copy?.ended ?? null) === null) found.push("there is no relationship");
	if (seen?.presence === "present") {
		if (!isAtRest(seen, copy !== null)) found.push(`under way: ${describeState(seen)}`);
		if (satisfied === true && isProtected === false && isAtRest(seen))
			found.push(`as wished, and no copy follows: ${describeState(seen)}`);
		found.push(...seen.differences);
		if (lagLimit !== null && seen.lagSeconds === null)
			found.push(`how far it is behind is not reported, and its limit is ${lagLimit.seconds} s`);
		if (isProtected === true && failover.answer === "doubtful")
			found.push(`a failover is legal, but: ${failover.warnings.join("; ")}`);
		if (isProtected === true && failover.answer === "refused")
			found.push(`a failover would be refused: ${failover.code}: ${failover.what}`);
	}
	return found.map((reason) => ["notice", reason]);
}

/** The worst first: by condition, then an open restore, then what nothing protects, then what is nearest to its limit, then by name. */
export function worstFirst(one: Relationship, other: Relationship): number {
	const [first, second] = [badnessOf(one), badnessOf(other)];
	const index = first.findIndex((value, each) => value !== second[each]);
	if (index !== -1) return (second[index] ?? 0) - (first[index] ?? 0);
	return byName.compare(one.name, other.name);
}

export function worstGroupFirst(one: Group, other: Group): number {
	return (
		conditions.indexOf(other.condition) - conditions.indexOf(one.condition) || byName.compare(one.name, other.name)
	);
}

/** disk-2 comes before disk-10, in every locale alike. */
const byName = new Intl.Collator("en", { numeric: true });

function badnessOf({ condition, copy, isProtected, seen, lagLimit }: Relationship): readonly number[] {
	const lag = seen?.presence === "present" ? seen.lagSeconds : null;
	return [
		conditions.indexOf(condition),
		Number(copy?.restoreOpen === true),
		isProtected === true || copy !== null ? 0 : isProtected === null ? 1 : 2,
		lag === null || lagLimit === null ? 0 : lag / Math.max(1, lagLimit.seconds),
		lag ?? 0,
	];
}

export function summaryOf(
	relationships: readonly Relationship[],
	groups: readonly Group[],
	hosts: readonly HostRead[],
): Summary {
	const count = (holds: (relationship: Relationship) => boolean) => relationships.filter(holds).length;
	const lags = relationships.flatMap(({ name, seen }) =>
		seen?.presence === "present" && seen.lagSeconds !== null ? [{ name, seconds: seen.lagSeconds }] : [],
	);
	const found = [...relationships, ...groups].map(({ condition }) => condition);
	const needPerson = found.filter((condition) => condition === "attention" || condition === "unread").length;
	if (hosts.some(({ error, unread }) => error !== null || unread.length > 0)) found.push("unread");
	return {
		relationships: relationships.length,
		copies: count(({ copy }) => copy !== null),
		groups: groups.length,
		restoresOpen: count(({ copy }) => copy?.restoreOpen === true),
		isProtected: count(({ isProtected }) => isProtected === true),
		notProtected: count(({ isProtected }) => isProtected === false),
		protectionNotKnown: count(({ isProtected, copy }) => isProtected === null && copy === null),
		needPerson,
		failoverReady: count(({ failover }) => failover.answer === "ready"),
		worstLag: lags.reduce<Summary["worstLag"]>(
			(worst, lag) => (worst === null || lag.seconds > worst.seconds ? lag : worst),
			null,
		),
		condition: conditions[Math.max(0, ...found.map((each) => conditions.indexOf(each)))] ?? "unread",
	};
}
