import { labelsOf } from "../executor/describeOutlook";
import { halfIn } from "../executor/groupMemory";
import { observeRelationship } from "../executor/observeRelationship";
import type { Outlook } from "../executor/outlook";
import type { RelationshipRecord } from "../executor/record";
import type { Request } from "../executor/request";
import type { Wish } from "../executor/wish";
import { errorCodes } from "../model/errorCodes";
import { currentSource, currentTarget, type Direction, type End, type PerEnd } from "../model/relationship";
import { ReplicationError } from "../model/replicationError";
import { describeIds, type EndLabel } from "../planner/describePlan";
import { apply } from "./apply";
import { type Arguments, type Bag, classIn, readArguments, readStoredArguments, wishOf } from "./arguments";
import type { DeclaredPair } from "./declarations";
import { rememberedIn, requestFor } from "./outputs";
import { lookAtReplacement } from "./replacement";
import type { Session } from "./session";
import { nameIn } from "./urn";

/**
 * Ends the relationship as `deletePolicy` says, on both sides. Convergent: what is gone already is success. Reads its
 * policy from the state, so a changed policy takes effect once an `up` has stored it.
 *
 * A relationship that this run declares is never ended: Pulumi creates first and deletes afterwards, so this delete is
 * the tail of a rename, a move or a replacement, and Detach would end what the same run has just adopted.
 */
export async function remove(session: Session, _id: string, props: Bag): Promise<"ended" | "kept"> {
	const given = readStoredArguments(props);
	const urn = String(props.resourceUrn ?? "");
	const log = session.log.forResource(urn);
	const remembered = rememberedIn(props);
	const virtualDisks = { source: given.source.virtualDisk, target: given.target.virtualDisk };
	const resourceClass = classIn(props);
	const pair = { ids: remembered.knownIds, virtualDisks, resourceClass };
	const request = removalOf(props, given, session.approvals, session.clock.now());
	const holder = session.declarations.holderOf(pair) ?? (await namesakesHolder(session, request, pair));
	if (holder !== undefined) {
		log.warning(describeKept(urn, holder));
		return "kept";
	}
	const next = session.toBeCreated.get(urn);
	if (next !== undefined) {
		// It ends before the one that replaces it is made: what stands in the way of that one is asked for now.
		const { hindrance } = await lookAtReplacement(session, next, readArguments(next), remembered.knownIds);
		if (hindrance !== null) throw hindrance;
	}
	const { source, target } = labelsOf(request);
	const ends = `${target.disk} at ${target.host} and ${source.disk} at ${source.host}`;
	if (given.copy !== undefined) {
		const fate = given.copy.by === "ReturnToResourcePool" ? "its disk is deleted" : "both disks stay";
		log.info(`to be ended: ${target.disk} as a copy of ${source.disk}; ${fate}.`);
		await apply(session, request, urn);
		return "ended";
	}
	const stays = given.group === undefined ? "both disks stay" : "both groups and all their disks stay";
	log.info(`to be ended: the protection of ${ends} by each other; ${stays}.`);
	let left: readonly string[];
	let half: string | null;
	try {
		const { outlook, lastShown } = await apply(session, request, urn);
		left = outlook.sighting.group?.left ?? [];
		half = describeHalf(labelsOf(request), remembered.record, lastShown);
	} catch (error) {
		// The relationship is the group's now, and goes on with it: nothing of it is this resource's to end.
		if (!(error instanceof ReplicationError) || error.facts.code !== errorCodes.memberOfGroup) throw error;
		log.warning(`the relationship stays and nothing was sent: ${error.facts.what}`);
		return "kept";
	}
	if (left.length > 0) {
		log.warning(
			`the groups are not related any more, but pairs of their disks are (${describeIds(left)}), and nothing was sent to those: declare each as a VirtualDiskReplication to adopt or end it.`,
		);
		return "ended";
	}
	log.info(`protection ends: ${ends} are no longer kept in step; ${stays}.`);
	if (half !== null) log.warning(half);
	if (given.lost !== undefined) log.warning(describeRemainder(labelsOf(request), given.lost, remembered.record));
	return "ended";
}

/** A disk that is gone is found by its name, and that may be the one which this run has just made a copy onto. */
async function namesakesHolder(
	session: Session,
	{ declared }: Request,
	pair: DeclaredPair,
): Promise<string | undefined> {
	if (session.declarations.isEmpty()) return undefined;
	const { ids } = await observeRelationship({ ...declared, anyRoles: true }, session.hosts, "fresh");
	return session.declarations.holderOf({ ...pair, ids });
}

/** What is asked of the executor to end what a state holds, as its `deletePolicy` says. */
export function removalOf(props: Bag, given: Arguments, approvals: readonly string[], nowMs: number): Request {
	const wish: Wish = {
		...wishOf(given, approvals, nowMs),
		desired:
			given.copy === undefined
				? { state: "absent", by: given.deletePolicy === "dissolve" ? "Dissolve" : "Detach" }
				: { kind: given.copy.kind, state: "absent", by: given.copy.by },
		onRoleChange: "repair",
	};
	const asked = requestFor(props, given, wish, rememberedIn(props));
	return { ...asked, declared: { ...asked.declared, idsFirst: true } };
}

/** What was kept and by whom; for a resource that lost its name, the alias that it had needed. */
function describeKept(urn: string, holder: string): string {
	const kept = "the relationship stays and nothing was sent: this run declares it";
	if (holder === urn) return `${kept} under the same name, so only the state entry was replaced.`;
	return [
		`${kept} as ${nameIn(holder)} (${holder}). Only the state entry of ${nameIn(urn)} was removed.`,
		`If this was a rename or a move, tell Pulumi before the next one; the options of ${nameIn(holder)} had needed`,
		`  aliases: ["${urn}"]`,
		"Its memory of the relationship would have come along. See docs/renaming.md.",
	].join("\n");
}

/**
 * Nobody asked the array of a lost end, which goes on believing in the relationship. Without a record, and none is left,
 * only a half that the target's own host lists is told from a whole one: some hosts list every relationship at its source
 * only, and one that sees both arrays at either disk.
 */
function describeRemainder(labels: PerEnd<EndLabel>, lost: End, record: RelationshipRecord | null): string {
	const { disk, host } = labels[lost];
	const isOneHost = labels.source.host === labels.target.host;
	const mayLookWhole = isOneHost || record === null || lost === currentSource(record.direction);
	const wayBack = mayLookWhole
		? "end that half with the array's own tools before the pair is declared again, because it may look whole."
		: "declaring the pair again recognises that half; it is removed before anything is copied, and nothing is resumed from it.";
	return `the ${lost}, ${disk} at ${host}, is declared lost and was not contacted: its array may still list the relationship. When it is back, ${wayBack}`;
}

/**
 * The record goes with the resource: declared again, the pair would be copied from the half disk as from any other. A copy
 * that a killed run began is in no record, and the array told of it until it was ended.
 */
function describeHalf(
	labels: PerEnd<EndLabel>,
	record: RelationshipRecord | null,
	lastShown: Outlook | null,
): string | null {
	if (lastShown !== null) {
		const { observed } = lastShown.situation;
		const halves = (of: "targetConsistent" | "sourceConsistent") => {
			const told = (observed.members ?? [observed]).map((each) => each[of] === false);
			return told.every(Boolean) ? "all" : told.some(Boolean) ? "part" : null;
		};
		const told = describeHalves(labels, observed.direction, "this leaves", halves);
		if (told !== null) return told;
	}
	if (record === null || record.copyState === "absent") return null;
	return describeHalves(labels, record.direction, "the last run left", (of) => halfIn(record, of));
}

function describeHalves(
	labels: PerEnd<EndLabel>,
	direction: Direction,
	begin: string,
	halves: (of: "targetConsistent" | "sourceConsistent") => "all" | "part" | null,
): string | null {
	const [source, target] = [labels[currentSource(direction)], labels[currentTarget(direction)]];
	const told = (of: "targetConsistent" | "sourceConsistent", half: EndLabel, whole: EndLabel) => {
		const how = halves(of);
		if (how === null) return null;
		const left =
			how === "part"
				? `a part of the disks of ${half.disk} at ${half.host} half`
				: `${half.disk} at ${half.host} half a disk`;
		return `${begin} ${left}, and only ${whole.disk} at ${whole.host} whole. Nothing remembers that any more: if the pair is declared again, declare ${whole.disk} as its source.`;
	};
	return told("sourceConsistent", source, target) ?? told("targetConsistent", target, source);
}
