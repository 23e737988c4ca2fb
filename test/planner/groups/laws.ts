import type { Situation } from "../../../provider/planner/situation";
import { roleMoves } from "../oracle/moves";
import { type Age, type Name, S, T } from "../oracle/world";
import { type Line, lineOf, ofText } from "./lines";
import { defaultGroupReadings } from "./readings";
import { groupWishHolds } from "./search";
import { sequelOfGroup } from "./sequels";
import {
	type GroupFacts,
	type GroupWorld,
	groupFactsOf,
	groupWorldOf,
	hasNoElementLevel,
	isSettledIn,
	merged,
	oneKeptEndOf,
	type Standing,
} from "./set";
import { type GroupMove, groupMovesFrom } from "./steps";

/*
 * The laws of §5 for groups, asked of answers as data, whoever gave them. What comes about after a step is the text's word.
 */

/** What a law asks of an answer: the planner's and the second reading's are both such. */
export type Judged =
	| { readonly outcome: "refused"; readonly code: string }
	| {
			readonly outcome: "plan";
			readonly steps: readonly Line[];
			readonly needsApproval: boolean;
			readonly replan?: boolean;
	  };

export type Planner = (situation: Situation) => Judged;

/** One step with the set before and after it. */
interface Walked {
	readonly step: Line;
	readonly before: GroupWorld;
	readonly move: GroupMove;
}

/** The first law that a situation's answer breaks, or null. */
export function brokenGroupLaw(situation: Situation, plan: Planner): string | null {
	const answer = plan(situation);
	if (answer.outcome === "refused" || answer.replan) {
		return null;
	}
	if (answer.steps.some(({ hazard }) => hazard === "dataLoss") !== answer.needsApproval) {
		return "a plan that destroys writes needs approval";
	}
	const facts = groupFactsOf(situation, defaultGroupReadings);
	const start = groupWorldOf(withoutJob(situation), facts);
	const way = walk(start, facts, answer.steps);
	if (typeof way === "string") {
		return way;
	}
	const end = way.at(-1)?.move.next ?? start;
	if (!groupWishHolds(end, facts)) {
		return "the plan ends where the wish holds";
	}
	for (const [index, walked] of way.entries()) {
		const broken = brokenByStep(walked, situation) ?? brokenByUnmarkedLoss(walked);
		if (broken !== null) {
			return `step ${index + 1}: ${broken}`;
		}
	}
	return brokenByAChangeOfPairs(way, end) ?? brokenByReplanning(situation, start, way, plan);
}

/** "every step is legal where it stands", and marked with what it puts at risk. */
function walk(start: GroupWorld, facts: GroupFacts, steps: readonly Line[]): Walked[] | string {
	const way: Walked[] = [];
	let before = start;
	for (const [index, step] of steps.entries()) {
		const move = groupMovesFrom(before, facts).find(
			(legal) => lineOf(likeIn(step, legal)) === lineOf(ofText(legal.step)),
		);
		if (move === undefined) {
			return `step ${index + 1} is legal where it stands, and marked with what it puts at risk`;
		}
		way.push({ step, before, move });
		before = move.next;
	}
	return way;
}

/** Members that get to several states may be told by any of them. */
function likeIn(step: Line, { step: legal }: GroupMove): Line {
	return legal.until?.copyState === null && step.until ? { ...step, until: { ...step.until, copyState: null } } : step;
}

/** (4) and (6), told from the set before the step. */
function brokenByStep({ step, before }: Walked, situation: Situation): string | null {
	const reached = before.standings.filter(
		({ ids }) => step.members === undefined || step.members.includes(ids[0] ?? ""),
	);
	if (step.members !== undefined) {
		if (hasNoElementLevel(situation)) {
			return "(6) with G50 no step has members";
		}
		if (before.standings.length < 2) {
			return "(6) no member step in a set of one";
		}
	}
	if (step.operation === "Failover") {
		if (before.saysFailedover) {
			return "(4) no Failover while the group's own word says so";
		}
		if (reached.some(({ world }) => world.copy === "Failedover" || world.phase === "to Failedover")) {
			return "(4) no Failover reaches a member that is Failedover or FailingOver";
		}
	}
	if (step.operation === "Failover" || step.operation === "ReverseRoles") {
		if (step.operation === "ReverseRoles" && step.members !== undefined) {
			return "(4) ReverseRoles is for every member";
		}
		if (reached.some(({ world }) => world.targetConsistent === false)) {
			return "(4) neither with a member that is not whole";
		}
	}
	return null;
}

/** "dataLoss marked for every member that loses": the end that a member's step makes a copy of the other, from roles and states alone. */
function brokenByUnmarkedLoss({ step, before, move }: Walked): string | null {
	if (step.kind !== "operation" || step.operation === undefined) {
		return null;
	}
	for (const { ids, world } of before.standings) {
		for (const id of ids) {
			const after = move.next.standings.find((one) => one.ids.includes(id));
			const overwritten = after && overwrittenBy(step.operation, world, after);
			if (!overwritten || world.ahead[overwritten] === "no") {
				continue;
			}
			const { loses } = step;
			const told = loses?.members === undefined || loses.members.includes(id);
			if (step.hazard !== "dataLoss" || loses?.end !== overwritten || !told) {
				return `no unmarked loss of ${id}`;
			}
			if (isOlder(world.ahead[overwritten], loses.age)) {
				return `the age told is that of the worst, ${id}`;
			}
		}
	}
	return null;
}

function overwrittenBy(operation: string, world: Standing["world"], { world: after }: Standing): Name | null {
	const stays = world === after || JSON.stringify(world) === JSON.stringify(after);
	if (operation.startsWith("Reset") || operation.endsWith("SyncPair") || operation.endsWith("Consistency")) {
		return null;
	}
	if (operation === "Failback") {
		return S(world.direction);
	}
	if (stays || after.copy !== "Synchronized" || after.phase === "requires ResyncReplica") {
		return null;
	}
	return T(after.direction);
}

function isOlder(age: Age, than: string): boolean {
	return age === "yes" && than !== "yes";
}

const stops: readonly string[] = ["Suspend", "Fracture", "Split"];

/** (13) "A planned change of members begins and ends with every member Synchronized, has one stop at most, never a role move." */
function brokenByAChangeOfPairs(way: readonly Walked[], end: GroupWorld): string | null {
	const names = way.map(({ step }) => step.operation ?? step.kind);
	if (!names.some((name) => name.endsWith("SyncPair"))) {
		return null;
	}
	if (names.some((name) => roleMoves.includes(name))) {
		return "(13) a change of members and no role move";
	}
	const stopped = way.filter(({ step }) => stops.includes(step.operation ?? ""));
	if (stopped.length > 1) {
		return "(13) one stop at most";
	}
	const synchronized = (set: GroupWorld) => set.standings.every(({ world }) => isSettledIn(world, "Synchronized"));
	if (!stopped.every(({ before }) => synchronized(before))) {
		return "(13) what is stopped for a change was Synchronized";
	}
	const last = names.lastIndexOf("RemoveSyncPair");
	if (last >= 0 && names.indexOf("AddSyncPair") >= 0 && last > names.indexOf("AddSyncPair")) {
		return "RemoveSyncPair before AddSyncPair";
	}
	return synchronized(end) ? null : "(13) a change of members ends with every member Synchronized";
}

/** "planning again from what is observed, with the journal's `ahead`, gives the rest of the plan with the same hazards" */
function brokenByReplanning(
	situation: Situation,
	start: GroupWorld,
	way: readonly Walked[],
	plan: Planner,
): string | null {
	// A situation has room for one kept end of the run.
	if (oneKeptEndOf(start) === undefined) {
		return null;
	}
	for (const [index, { move }] of way.entries()) {
		const next = sequelOfGroup(situation, move.next);
		const again = plan(next);
		const rest = way.slice(index + 1).map(({ step }) => step);
		if (again.outcome === "refused" || linesOf(again.steps) !== linesOf(rest)) {
			const says = again.outcome === "refused" ? again.code : linesOf(again.steps);
			return `planning again after step ${index + 1} gives the rest: ${says} for ${JSON.stringify(next)}`;
		}
	}
	return null;
}

/** (5) "for every plan, every step and every subset of members that moved: the answer … keeps law 4, and its dataLoss is marked". */
export function brokenWhereSomeMoved(situation: Situation, plan: Planner): string | null {
	const answer = plan(situation);
	if (answer.outcome === "refused" || answer.replan || hasNoElementLevel(situation)) {
		return null;
	}
	const facts = groupFactsOf(situation, defaultGroupReadings);
	const way = walk(groupWorldOf(withoutJob(situation), facts), facts, answer.steps);
	if (typeof way === "string") {
		return way;
	}
	for (const [index, { before, move, step }] of way.entries()) {
		for (const half of everyHalf(before, move)) {
			for (const saysFailedover of new Set([half.saysFailedover, step.operation === "Failover"])) {
				const torn = sequelOfGroup(situation, { ...half, saysFailedover });
				const broken = brokenGroupLaw(torn, plan);
				if (broken !== null) {
					return `where some members have moved by step ${index + 1}: ${broken}\n${JSON.stringify(torn)}`;
				}
			}
		}
	}
	return null;
}

/** Some of the members that a step moves are where it leads, the others where they were. */
function* everyHalf(before: GroupWorld, { next }: GroupMove): Generator<GroupWorld> {
	const members = before.standings.flatMap((standing) => standing.ids.map((id) => ({ ...standing, ids: [id] })));
	const after = (id: string | undefined) => next.standings.find(({ ids }) => ids.includes(id ?? ""));
	// Who leaves or has gone is no member to be half moved.
	if (members.some(({ ids: [id] }) => after(id) === undefined || after(id)?.world.gone)) {
		return;
	}
	for (let subset = 1; subset < 2 ** members.length - 1; subset++) {
		const standings = members.map((member, index) =>
			subset & (1 << index) ? { ...member, world: after(member.ids[0])?.world ?? member.world } : member,
		);
		yield { ...before, standings: merged(standings) };
	}
}

/** (3) "order, repetition and ids of members do not change a plan". */
export function brokenByOrder(situation: Situation, plan: Planner): string | null {
	const { observed, desired } = situation;
	if (!observed.members) {
		return null;
	}
	const called = (id: string) => `${String.fromCharCode(219 - id.charCodeAt(0))}${id}`;
	const renamed = <One extends { readonly id: string }>(one: One): One => ({ ...one, id: called(one.id) });
	const members = observed.members.map(renamed).reverse();
	const [first] = members;
	const repeated = first && !desired.pairs ? [...members, { ...first, id: "again" }] : members;
	const other: Situation = {
		...situation,
		observed: { ...observed, members: repeated, candidates: (observed.candidates ?? []).map(renamed).reverse() },
		desired: { ...desired, ...(desired.pairs ? { pairs: desired.pairs.map(called).reverse() } : {}) },
	};
	const [one, two] = [plan(situation), plan(other)].map(withoutIds);
	return one === two
		? null
		: `(3) order, repetition and ids change no plan: ${one}\nand\n${two}\n${JSON.stringify(other)}`;
}

function withoutIds(answer: Judged): string {
	if (answer.outcome === "refused") {
		return answer.code;
	}
	const some = (ids: readonly string[] | undefined) => ids && [];
	return linesOf(
		answer.steps.map(({ members, pairs, loses, until, ...step }) => ({
			...step,
			...(members ? { members: [] } : {}),
			...(pairs ? { pairs: [] } : {}),
			...(loses ? { loses: { ...loses, members: some(loses.members) } } : {}),
			until: until && { ...until, pairs: some(until.pairs) },
		})),
	);
}

/** (11) "More knowledge against us is never better … never gives fewer or milder hazards *on the same steps*". */
export function brokenByMoreKnowledge(situation: Situation, plan: Planner): string | null {
	const answer = plan(situation);
	if (answer.outcome === "refused") {
		return null;
	}
	for (const [name, worse] of everyWorse(situation)) {
		const other = plan(worse);
		if (other.outcome === "refused" || sequenceOf(other.steps) !== sequenceOf(answer.steps)) {
			continue;
		}
		for (const [index, step] of answer.steps.entries()) {
			if (hazards.indexOf(other.steps[index]?.hazard ?? "none") < hazards.indexOf(step.hazard ?? "none")) {
				return `(11) ${name} makes step ${index + 1} no milder\n${JSON.stringify(worse)}`;
			}
		}
	}
	return null;
}

function* everyWorse(situation: Situation): Generator<readonly [string, Situation]> {
	const { observed, capabilities, desired } = situation;
	const members = observed.members ?? [];
	const withMembers = (some: typeof members): Situation => ({ ...situation, observed: { ...observed, members: some } });
	const surely = { source: "yes", target: "yes" } as const;
	for (const [index, member] of members.entries()) {
		const up = members.map((other, place) => (place === index ? { ...other, ahead: surely } : other));
		yield [`turning the ahead of ${member.id} up`, withMembers(up)];
	}
	const [first] = members;
	if (first && !desired.pairs) {
		yield ["adding a worse member", withMembers([...members, { ...first, id: "worse", ahead: surely }])];
	}
	for (const left of capabilities.operations ?? []) {
		const operations = (capabilities.operations ?? []).filter((name) => name !== left);
		yield [`removing ${left}`, { ...situation, capabilities: { ...capabilities, operations } }];
	}
}

const hazards = ["none", "availability", "protectionLoss", "dataLoss"];

function sequenceOf(steps: readonly Line[]): string {
	return steps.map(({ kind, operation, members }) => `${kind} ${operation} ${members !== undefined}`).join();
}

function linesOf(steps: readonly Line[]): string {
	return steps.map(lineOf).join("\n");
}

function withoutJob(situation: Situation): Situation {
	return { ...situation, observed: { ...situation.observed, job: null } };
}
