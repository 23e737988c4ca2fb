import { sameId } from "../../provider/executor/identity";
import { lookAtGroup } from "../../provider/executor/lookAtGroup";
import {
	type DeclaredGroup,
	type GroupSight,
	groupIdOf,
	groupLabels,
	plannedCalls,
} from "../../provider/executor/oneGroup";
import { hindranceTo } from "../../provider/executor/oneGroupRefusals";
import { isOfGroup } from "../../provider/ledger/killedGroupRun";
import { callsBegun } from "../../provider/ledger/killedRun";
import type { LedgerRun } from "../../provider/ledger/runs";
import { type Bag, hasUnknown, mistakesAgainst, pick } from "../../provider/lifecycle/arguments";
import { givenIn, groupKind, readGroup, shape, wished } from "../../provider/lifecycle/groupArguments";
import { declaredAgain, readStored, type StoredGroup } from "../../provider/lifecycle/groupState";
import { groupMethods } from "../../provider/planner/groupMembership";
import { resourcesIn, type StoredResource } from "../stackExport";
import { judgement, type Reason } from "./condition";
import { inClear, namesIn } from "./declarations";
import type { Group, NextUp } from "./estate";
import { type Around, known } from "./look";
import { nextUpAfter, stopsWith } from "./nextUp";

/** A replication group as a stack export holds it. */
export interface GroupDeclaration extends ReturnType<typeof namesIn> {
	readonly urn: string | null;
	/** Null: it cannot be read, and `problem` says why. */
	readonly given: { readonly declared: DeclaredGroup; readonly stored: StoredGroup } | null;
	readonly problem: string | null;
}

/** Every replication group of a stack export, but for those that are replaced and only wait for their deletion. */
export function groupsIn(path: string): GroupDeclaration[] {
	return resourcesIn(path)
		.filter(({ type, delete: isReplaced }) => type.endsWith(`storageReplication:${groupKind}`) && isReplaced !== true)
		.map(declarationOf);
}

function declarationOf({ urn, inputs = {}, outputs = {} }: StoredResource): GroupDeclaration {
	const told = { ...namesIn(urn ?? ""), urn: urn ?? null };
	const unread = (problem: string): GroupDeclaration => ({ ...told, given: null, problem });
	const bag: Bag = inClear(inputs);
	if (hasUnknown(pick(bag, wished)))
		return unread("its arguments are secret in this export: give one of pulumi stack export --show-secrets");
	const [mistake] = mistakesAgainst(shape, givenIn(bag));
	if (mistake !== undefined) return unread(mistake.reason);
	try {
		const stored = readStored(inClear(outputs));
		return { ...told, given: { declared: declaredAgain(readGroup(bag), bag, stored), stored }, problem: null };
	} catch (error) {
		return unread(known(error).message);
	}
}

/** A replication group as the preview of its program would see it now. */
export async function lookAtDeclaredGroup(declaration: GroupDeclaration, { hosts, runs }: Around): Promise<Group> {
	const { given, problem, ...names } = declaration;
	if (given === null) return judged({ ...names, ...notKnown, nextUp: { does: "notKnown", what: problem ?? "" } });
	const { declared, stored } = given;
	const { host, storageSubsystem, friendlyName, hideNames } = declared;
	const own = runs.filter(({ started }) => isOfGroup(started, { urn: names.urn ?? "", declared }));
	const facts = {
		...names,
		...notKnown,
		host,
		...(hideNames ? {} : { storageSubsystem, friendlyName, uniqueId: stored.uniqueId }),
		interrupted: interruptedIn(stored, own),
		runs: own.map(({ started }) => started.run),
	};
	try {
		const sight = await lookAtGroup(declared, hosts, "cached");
		const hindrance = await hindranceTo(declared, sight, hosts);
		const nextUp = hindrance === null ? nextUpIn(declared, sight) : stopsWith(hindrance);
		const replaced = replacedIn(stored, sight);
		const { group, isRelated } = sight;
		const { disk } = groupLabels(declared, sight);
		const seen = {
			present: group !== null,
			...(group === null || disk === null ? {} : { uniqueId: groupIdOf(group), members: group.members.map(disk) }),
			related: isRelated,
			satisfied: nextUp.does === "nothing" && replaced === null,
		};
		return judged({ ...facts, ...seen, nextUp }, [
			replaced,
			facts.interrupted === null ? stoppedIn(own, nextUp) : null,
		]);
	} catch (error) {
		return judged({ ...facts, nextUp: nextUpAfter(known(error)) });
	}
}

const notKnown = {
	host: null,
	storageSubsystem: null,
	friendlyName: null,
	uniqueId: null,
	present: null,
	members: null,
	related: null,
	satisfied: null,
	interrupted: null,
	runs: [] as string[],
};

function nextUpIn(declared: DeclaredGroup, sight: GroupSight): NextUp {
	const lines = plannedCalls(declared, sight);
	if (lines.length === 0) return { does: "nothing" };
	const steps = lines.map((line) => ({ text: withoutNumber(line), hazard: "none" as const, loses: null }));
	return { does: "runs", steps, thenPlansAgain: false, consent: "notNeeded", warnings: [] };
}

/** Of a run that was stopped the state knows the call whose end it did not see, of one that was killed only the ledger. */
function interruptedIn({ record: { sent } }: StoredGroup, runs: readonly LedgerRun[]): Group["interrupted"] {
	if (sent !== undefined) return { operation: groupMethods[sent.kind], at: sent.sentAt };
	const last = runs.at(-1);
	const call = last === undefined || last.ended !== null ? undefined : callsBegun(last).at(-1);
	return call === undefined ? null : { operation: call.started.operation, at: call.started.at };
}

/** What the next up does to a group that is not the one of the state does not show in its calls. */
function replacedIn({ uniqueId }: StoredGroup, { group }: GroupSight): string | null {
	if (uniqueId === null || (group !== null && sameId(groupIdOf(group), uniqueId))) return null;
	const next = group === null ? "makes another one" : "takes another one, which has its name";
	return `the group that the state knows is gone: the next up ${next}`;
}

/** Why the last run stopped, unless what it was for holds by now: whoever finds everything as wished leaves no line. */
function stoppedIn(runs: readonly LedgerRun[], nextUp: NextUp): string | null {
	const stop = runs.at(-1)?.ended?.stop ?? null;
	const isTold = nextUp.does === "nothing" || (nextUp.does === "stops" && nextUp.code === stop?.code);
	return stop === null || isTold ? null : `the last run stopped: ${stop.code}: ${stop.what}`;
}

function judged(facts: Omit<Group, "condition" | "reasons">, attention: readonly (string | null)[] = []): Group {
	const { nextUp, interrupted } = facts;
	const found: Reason[] = attention.flatMap((reason): Reason[] => (reason === null ? [] : [["attention", reason]]));
	if (interrupted !== null)
		found.push(["attention", `the last run was interrupted in ${interrupted.operation}, at ${interrupted.at}`]);
	if (nextUp.does === "notKnown") found.push(["unread", nextUp.what]);
	if (nextUp.does === "stops")
		found.push(["attention", `up stops: ${nextUp.code}: ${nextUp.what} Do: ${nextUp.remedy}`]);
	if (nextUp.does === "runs") found.push(["notice", `the next up: ${nextUp.steps.map(({ text }) => text).join("; ")}`]);
	return { ...facts, ...judgement(found) };
}

function withoutNumber(line: string): string {
	return line.replace(/^\d+\. /, "");
}
