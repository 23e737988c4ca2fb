import type { Clock } from "../../provider/executor/clock";
import { type Declared, isOfGroups } from "../../provider/executor/declared";
import type { Hosts } from "../../provider/executor/hosts";
import { observeRelationship } from "../../provider/executor/observeRelationship";
import { holdsByOneWord, isEmptyPlan, type Outlook } from "../../provider/executor/outlook";
import { lookPatiently } from "../../provider/executor/reappearance";
import type { Request } from "../../provider/executor/request";
import type { Sighting } from "../../provider/executor/sighting";
import { wishFor } from "../../provider/executor/wish";
import { killedRunIn, withKilledRun } from "../../provider/ledger/killedRun";
import { isOfPair } from "../../provider/ledger/pair";
import type { LedgerRun } from "../../provider/ledger/runs";
import { classIn, wishOf } from "../../provider/lifecycle/arguments";
import { copyClassOf, isExpired } from "../../provider/lifecycle/copyArguments";
import { strangersCopy } from "../../provider/lifecycle/copyOutputs";
import { find } from "../../provider/lifecycle/find";
import { hostTimeOrOurs } from "../../provider/lifecycle/hostTime";
import { requestFor } from "../../provider/lifecycle/outputs";
import { describeName, type PerEnd } from "../../provider/model/relationship";
import { ReplicationError } from "../../provider/model/replicationError";
import { type Facts, judged } from "./condition";
import type { Declaration } from "./declarations";
import type { Relationship, RelationshipEnd } from "./estate";
import { copyIn, endIn, lagLimitOf, memberIdsIn, momentsOf, seenIn } from "./facts";
import { nextUpAfter, nextUpOf } from "./nextUp";
import { neither, notKnown, readinessOf } from "./readiness";

/** Through what an estate is looked at. */
export interface Around {
	readonly hosts: Hosts;
	readonly clock: Clock;
	/** Of the ledger; none where none was given. */
	readonly runs: readonly LedgerRun[];
	readonly lagLimitSeconds: number | null;
}

export interface Looked {
	readonly relationship: Relationship;
	/** Of both disks, also where the program keeps their names secret: not to be shown. */
	readonly ids: PerEnd<string | null>;
	/** The same of the pairs of two groups, as far as they are known. */
	readonly members: readonly PerEnd<string | null>[];
}

/** What a program declares, as its preview would see it now. */
export async function lookAtDeclaration(declaration: Declaration, around: Around): Promise<Looked> {
	const { given, problem, isExternal } = declaration;
	if (given === null) return unreadable(declaration, problem ?? "its arguments cannot be read");
	const nowMs = await hostTimeOrOurs(given, around.hosts);
	const asked = requestFor(declaration.inputs, given, wishOf(given, [], nowMs), declaration.remembered);
	// A class's `get` only looks at what another program declares.
	if (isExternal) return lookAtPair(asked.declared, declaration, around);
	const runs = runsOf(asked.declared, declaration.urn, around);
	const killed = killedRunIn(runs, asked.record);
	const request = killed === null ? asked : { ...asked, record: withKilledRun(asked.record, killed) };
	const { outlook, sighting, error } = await looked(request, around);
	const seen = sighting === null ? null : seenIn(sighting, outlook);
	const kind = given.copy?.kind ?? "Mirror";
	const ofGroups = given.group !== undefined;
	const isMirror = given.copy === undefined;
	const facts: Facts = {
		...namesOf(declaration, request.declared),
		...endsOf(request.declared, sighting, error),
		kind: ofGroups ? "Group" : kind,
		copy: isMirror
			? null
			: copyIn(
					given,
					outlook ?? (sighting === null ? null : strangersCopy(sighting, kind)),
					request.record,
					given.copy !== undefined && isExpired(given.copy, nowMs),
				),
		declared: {
			state: given.state,
			syncMode: given.syncMode ?? null,
			lost: given.lost ?? null,
			onRoleChange: isMirror ? given.onRoleChange : null,
		},
		seen,
		error: error?.message ?? null,
		satisfied: outlook === null ? null : isSatisfied(outlook),
		lagLimit: lagLimitOf(given, around.lagLimitSeconds),
		...momentsOf(request.record, runs, seen),
		interrupted: interruptedIn(request),
		nextUp: outlook === null ? (error === null ? null : nextUpAfter(error)) : nextUpOf(outlook, request),
		...(await readinessOf(request, seen, around.hosts)),
		history: [...(request.record?.history ?? [])],
		runs: runs.map(({ started }) => started.run),
	};
	return {
		relationship: judged(facts),
		ids: sighting?.ids ?? request.declared.knownIds,
		members: memberIdsIn(sighting),
	};
}

/** What nobody declares here, between two disks that hosts which were asked show. */
export async function lookAtPair(
	declared: Declared,
	names: Pick<Declaration, "name" | "urn" | "project" | "stack" | "id">,
	around: Around,
): Promise<Looked> {
	const request: Request = {
		declared,
		wish: wishFor({ state: "active" }, { lost: declared.lost, onRoleChange: "repair" }),
		record: null,
	};
	let sighting: Sighting | null = null;
	let error: ReplicationError | null = null;
	try {
		({ sighting } = await find(declared, around.hosts, around.clock, "cached"));
	} catch (thrown) {
		error = known(thrown);
	}
	const seen = sighting === null ? null : seenIn(sighting, null);
	const runs = runsOf({ ...declared, knownIds: sighting?.ids ?? declared.knownIds }, names.urn, around);
	const { kind } = declared;
	const facts: Facts = {
		...namesOf(names, declared),
		...endsOf(declared, sighting, error),
		...undeclared,
		kind: isOfGroups(declared)
			? "Group"
			: sighting === null
				? (kind ?? "Mirror")
				: describeName(sighting.observed.syncType, "type"),
		copy:
			kind === undefined
				? null
				: copyIn(declared.ends, sighting === null ? null : strangersCopy(sighting, kind), null, false),
		seen,
		error: error?.message ?? null,
		lagLimit: kind === undefined ? lagLimitOf(null, around.lagLimitSeconds) : null,
		...momentsOf(null, runs, seen),
		...(await readinessOf(request, seen, around.hosts)),
		runs: runs.map(({ started }) => started.run),
	};
	return {
		relationship: judged(facts),
		ids: sighting?.ids ?? declared.knownIds,
		members: memberIdsIn(sighting),
	};
}

/** What is not said of a relationship that nobody declares. */
export const undeclared = {
	declared: null,
	satisfied: null,
	interrupted: null,
	nextUp: null,
	history: [] as string[],
};

export function runsOf(declared: Declared, urn: string | null, { runs }: Around): LedgerRun[] {
	return runs.filter(({ started }) => isOfPair(started, { urn: urn ?? "", declared }));
}

/** What is not known of a copy by a word of anybody. */
export const unreadCopy: NonNullable<Relationship["copy"]> = {
	complete: null,
	pointInTime: null,
	expiresAt: null,
	ended: null,
	restored: null,
	restoreOpen: null,
};

/** A look that ended in an error shows all the same what can be shown: the disks, or which end is silent. */
async function looked(
	request: Request,
	{ hosts, clock }: Around,
): Promise<{
	readonly outlook: Outlook | null;
	readonly sighting: Sighting | null;
	readonly error: ReplicationError | null;
}> {
	try {
		const outlook = await lookPatiently(request, hosts, clock, { freshness: "cached" });
		return { outlook, sighting: outlook.sighting, error: null };
	} catch (thrown) {
		const error = known(thrown);
		const sighting = await observeRelationship(request.declared, hosts, "cached").catch(() => null);
		return { outlook: null, sighting, error };
	}
}

export function known(error: unknown): ReplicationError {
	if (error instanceof ReplicationError) return error;
	throw error;
}

function isSatisfied(outlook: Outlook): boolean {
	return isEmptyPlan(outlook) && !holdsByOneWord(outlook) && outlook.roleChange === null;
}

function namesOf(
	{ name, urn, project, stack, id }: Pick<Declaration, "name" | "urn" | "project" | "stack" | "id">,
	declared: Declared,
): Pick<Facts, "name" | "urn" | "project" | "stack" | "id"> {
	// The id is made of both UniqueIds.
	return { name, urn, project, stack, id: declared.hideNames === true ? null : id };
}

function endsOf(
	declared: Declared,
	sighting: Sighting | null,
	error: ReplicationError | null,
): PerEnd<RelationshipEnd> {
	const silence = error?.facts.class === "transport" ? error.message : null;
	return {
		source: endIn("source", declared, sighting, silence),
		target: endIn("target", declared, sighting, silence),
	};
}

function interruptedIn({ record }: Request): Relationship["interrupted"] {
	if (record?.interrupted === undefined) return null;
	const { operation, step, of, at } = record.interrupted;
	return { operation, step, of, at };
}

/** Named, so that nobody takes an estate for whole without it. */
function unreadable(declaration: Declaration, problem: string): Looked {
	const { name, urn, project, stack, inputs } = declaration;
	const kind = classIn(inputs) ?? "Mirror";
	const end: RelationshipEnd = {
		host: null,
		virtualDisk: null,
		uniqueId: null,
		storageSubsystem: null,
		ailment: null,
		isUsable: null,
		unread: null,
	};
	const facts: Facts = {
		...undeclared,
		...neither(notKnown(problem)),
		name,
		urn,
		project,
		stack,
		id: null,
		kind,
		copy: copyClassOf(kind) === null ? null : unreadCopy,
		source: end,
		target: end,
		seen: null,
		error: problem,
		lagLimit: null,
		since: null,
		lastTransitionAt: null,
		nextUp: { does: "notKnown", what: problem },
		runs: [],
	};
	return { relationship: judged(facts), ids: { source: null, target: null }, members: [] };
}
