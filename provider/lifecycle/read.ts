import { HostsDisagree } from "../executor/agreement";
import { lookAt, type Outlook } from "../executor/outlook";
import type { Freshness } from "../executor/readEnds";
import { reappearMs } from "../executor/reappearance";
import type { RelationshipRecord } from "../executor/record";
import { doubtedBy } from "../executor/runRecord";
import { ends } from "../model/relationship";
import { describeError, ReplicationError } from "../model/replicationError";
import { type Arguments, type Bag, classIn, readStoredArguments, wishOf } from "./arguments";
import { isExpired } from "./copyArguments";
import { hostTimeOrOurs } from "./hostTime";
import { foundIn, identityOf, rememberedIn, requestFor, targetOfBefore } from "./outputs";
import { isExternal, readExternal } from "./readExternal";
import type { Session } from "./session";

export interface ReadResult {
	/** Left out when the relationship is gone. */
	readonly id?: string;
	readonly props?: Bag;
}

/**
 * Observes, and sets everything but `record`: a refresh that wrote it would make a role change behind our back look
 * agreed. It may only doubt there that a disk holds nothing of its own. Gone only if every end that may hold the relationship was read and none has it; one end unread: kept, with a
 * warning; none readable: an error.
 */
export async function read(session: Session, id: string, props: Bag): Promise<ReadResult> {
	const remembered = rememberedIn(props);
	if (isExternal(remembered)) return readExternal(session, id, props);
	const log = session.log.forResource(String(props.resourceUrn ?? ""));
	const given = readStoredArguments(props);
	const nowMs = await hostTimeOrOurs(given, session.hosts);
	const asked = requestFor(props, given, { ...wishOf(given, [], nowMs), onRoleChange: "repair" }, remembered);
	const request = { ...asked, declared: { ...asked.declared, idsFirst: true } };
	const outlook = await look("cached");
	if (outlook === null) return { id, props };
	const { observed } = outlook.situation;
	const { unread, ids, rekeyed } = outlook.sighting;
	if (observed.presence === "absent") {
		const reason = unread.source ?? unread.target;
		if (reason !== null) {
			log.warning(`kept: ${describeError(reason.facts)}`);
			return { id, props };
		}
		// A copy that fulfilled itself, or whose time has come, is gone by right, and its resource stays to say so.
		if ((remembered.record?.copy?.ended ?? null) !== null) return { id, props };
		if (given.copy !== undefined && isExpired(given.copy, nowMs)) {
			return { id, props: { ...props, copyState: "absent", complete: false, pointInTime: null, ended: "expired" } };
		}
		// Invisible for a moment after its roles changed (SRDF) is not gone.
		await session.clock.sleep(reappearMs);
		return (await look("fresh"))?.situation.observed.presence === "absent" ? {} : { id, props };
	}
	for (const { what } of outlook.sighting.differences) log.warning(`${what}.`);
	if (outlook.roleChange !== null) log.warning(describeRoleChange(outlook.roleChange, given.onRoleChange));
	return {
		// Refresh is the one way to a new id of the resource: update cannot give one, and `get` asks for that of the disks.
		id: id === "" || (rekeyed.length > 0 && given.copy === undefined) ? identityOf(ids, classIn(props)) : id,
		props: {
			...props,
			...foundIn(outlook, given, remembered.record),
			sourceUniqueId: ids.source ?? "",
			targetUniqueId: ids.target ?? "",
			...targetOfBefore(given, outlook, props),
			...doubtOf(remembered.record, outlook),
		},
	};

	async function look(freshness: Freshness): Promise<Outlook | null> {
		try {
			return await lookAt(request, session.hosts, { freshness });
		} catch (error) {
			if (!(error instanceof ReplicationError)) throw error;
			if (error instanceof HostsDisagree) {
				log.warning(`kept as it was: ${describeError(error.facts)}`);
				return null;
			}
			if (error.facts.class !== "transport") throw error;
			const contacted = ends.filter((end) => end !== given.lost);
			const readings = contacted.map((end) => session.hosts.observe(given[end].host));
			const readable = (await Promise.allSettled(readings)).some(({ status }) => status === "fulfilled");
			if (!readable) throw error;
			log.warning(`kept as it was: ${describeError(error.facts)}`);
			return null;
		}
	}
}

/** The record, where a disk was seen in a role that it may have taken writes in; nothing where it stays as it is. */
function doubtOf(record: RelationshipRecord | null, outlook: Outlook): Bag {
	if (record === null) return {};
	const doubted = doubtedBy(record, outlook);
	return doubted === record ? {} : { record: doubted };
}

/** A refresh only looks; what the next up does about it depends on the declaration. */
function describeRoleChange(what: string, declared: Arguments["onRoleChange"]): string {
	return `${what}. With onRoleChange: stop the next up does nothing and says so; with adopt it takes the array's word; with repair it plans back. Declared: ${declared}.`;
}
