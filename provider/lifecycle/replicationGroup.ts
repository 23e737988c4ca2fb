import { isDeepStrictEqual } from "node:util";
import type { GroupRunEvent } from "../executor/groupRunEvents";
import type { GroupFact } from "../executor/host";
import { sameId } from "../executor/identity";
import { lookAtGroup } from "../executor/lookAtGroup";
import {
	type DeclaredGroup,
	type GroupSight,
	groupIdOf,
	groupName,
	memberIds,
	plannedCalls,
} from "../executor/oneGroup";
import { hindranceTo } from "../executor/oneGroupRefusals";
import { type GroupResult, type GroupRunOptions, GroupRunStopped, isMadeBy } from "../executor/oneGroupRun";
import { mayComeYet } from "../executor/sentGroupCall";
import { errorCodes } from "../model/errorCodes";
import { ReplicationError } from "../model/replicationError";
import { planChangedFrom } from "./apply";
import { type Bag, hasUnknown, hidesNames, mistakesAgainst, pick, unknownValue } from "./arguments";
import { adopted, asKnown, type CheckResult } from "./check";
import type { CreateResult } from "./create";
import type { DeclaredPair } from "./declarations";
import { declaredTwice } from "./declaredTwice";
import type { DiffResult } from "./diff";
import {
	declaredBy,
	type GroupArguments,
	givenIn,
	identifying,
	readGroup,
	seedsIn,
	shape,
	wished,
} from "./groupArguments";
import { steerOnLedger } from "./groupOnLedger";
import {
	declaredAgain,
	deletes,
	identityOfGroup,
	operationsDone,
	outputsOf,
	readStored,
	recordOf,
	rememberedGroup,
	type StoredGroup,
} from "./groupState";
import { PartialFailure } from "./partialFailure";
import type { ReadResult } from "./read";
import type { Session } from "./session";
import type { UpdateResult } from "./update";
import { nameIn, urnIn } from "./urn";

/** Reads a group, or what an earlier check let through, and tells what an up would do. Never throws. */
export async function check(session: Session, olds: Bag, news: Bag): Promise<CheckResult> {
	const given = givenIn(news);
	const urn = urnIn(news);
	const kept = { ...given, ...pick(news, ["kind", "resourceUrn", "secretNames"]), ...seedsIn(news) };
	const mistakes = mistakesAgainst(shape, given);
	if (mistakes.length > 0) return { inputs: kept, failures: mistakes };
	if (hasUnknown(pick(given, wished))) {
		return { inputs: { ...kept, plannedOperations: unknownValue, uniqueId: unknownValue }, failures: [] };
	}
	const isNew = Object.keys(olds).length === 0;
	const log = session.log.forResource(urn);
	const args = readGroup(given);
	const before = await knownBefore(session, olds);
	const declared: DeclaredGroup = {
		...declaredBy(args, news),
		knownId: olds.friendlyName === args.friendlyName ? before : null,
		replacedId: before ?? session.endingGroups.get(urn) ?? null,
	};
	let sight: GroupSight | null = null;
	try {
		sight = await lookAtGroup(declared, session.hosts, "cached");
		const other = session.declarations.declare(urn, declarationOf(args, sight));
		if (other !== undefined) throw declaredTwice(other, "replication group");
		const hindrance = await hindranceTo(declared, sight, session.hosts);
		if (hindrance !== null) throw hindrance;
		if (isNew) announce(declared, sight, log.info);
		const isAdopted = isNew || isDeepStrictEqual(olds.plannedOperations, adopted);
		const lines = plannedCalls(declared, sight);
		const planned = lines.length === 0 && isAdopted ? adopted : lines;
		const found = sight.group === null ? {} : { uniqueId: groupIdOf(sight.group) };
		return { inputs: { ...kept, plannedOperations: planned, ...found }, failures: [] };
	} catch (error) {
		const { facts, message } = asKnown(error);
		if (sight === null) session.declarations.declare(urn, declarationOf(args, null));
		const isUnchanged = !isNew && isDeepStrictEqual(pick(given, wished), pick(olds, wished));
		if (facts.class !== "transport" && !isUnchanged) {
			return { inputs: kept, failures: [{ property: facts.property ?? "friendlyName", reason: message }] };
		}
		// A failed check aborts every other resource: where nothing new is asked, the update of this one fails, and theirs run.
		log.warning(message);
		const notKnown = [facts.class === "transport" ? `not known: ${facts.what}` : `${facts.code}: ${facts.what}`];
		return { inputs: { ...kept, plannedOperations: notKnown, ...pick(olds, ["uniqueId"]) }, failures: [] };
	}
}

/** Changed: what is seen is not what is declared, or an argument that delete and read use differs. Never throws. */
export async function diff(session: Session, olds: Bag, news: Bag): Promise<DiffResult> {
	const unchanged: DiffResult = { changes: false, replaces: [], deleteBeforeReplace: false };
	const changed = { ...unchanged, changes: true };
	const log = session.log.forResource(urnIn(news));
	try {
		if (hasUnknown(pick(news, wished))) return changed;
		const args = readGroup(news);
		const stored = readStored(olds);
		const argumentsDiffer = [...identifying, "deletePolicy" as const].some((name) => args[name] !== stored[name]);
		const declared = declaredAgain(args, news, stored);
		let sight: GroupSight;
		try {
			sight = await lookAtGroup(declared, session.hosts, "cached");
		} catch (error) {
			const { facts, message } = asKnown(error);
			log.warning(message);
			// A silent host is no change: a dead management server must not turn an estate into updates.
			return facts.class === "transport" && !argumentsDiffer ? unchanged : changed;
		}
		const { group } = sight;
		if (stored.uniqueId === null && identifying.every((name) => args[name] === stored[name])) return changed;
		if (group === null || !isStored(group, stored)) return replacement(session, args, news, stored, sight);
		announce(declared, sight, log.info);
		warnOfName(declared, sight, log.warning);
		const hindrance = await hindranceTo(declared, sight, session.hosts);
		if (hindrance !== null) log.warning(hindrance.message);
		return sight.calls.length > 0 || argumentsDiffer ? changed : unchanged;
	} catch (error) {
		log.warning(`the difference could not be worked out: ${error instanceof Error ? error.message : String(error)}`);
		return changed;
	}
}

/** Another group is another resource. The engine asks check for it once more, as for one that is new. */
function replacement(
	session: Session,
	args: GroupArguments,
	news: Bag,
	stored: StoredGroup,
	sight: GroupSight,
): DiffResult {
	const urn = urnIn(news);
	const log = session.log.forResource(urn);
	const deleteBeforeReplace = holdsDisksOf(sight, stored) && deletes(stored);
	if (deleteBeforeReplace && stored.uniqueId !== null) session.endingGroups.set(urn, stored.uniqueId);
	const hide = hidesNames(news);
	const now =
		sight.group === null ? "another one is made" : `${hide ? "another one" : groupIdOf(sight.group)} is there`;
	const before = (hide ? null : stored.uniqueId) ?? "before";
	const fate = deletes(stored) ? "is deleted" : "stays, and its disks in it (deletePolicy)";
	log.warning(`this declaration means another group than ${before}: ${now}, and the old one ${fate}.`);
	const replaces = identifying.filter((name) => args[name] !== stored[name]);
	return { changes: true, replaces: replaces.length > 0 ? replaces : ["uniqueId"], deleteBeforeReplace };
}

/** Adopts the group of this name if there is one, else makes it, and gives it the declared members. */
export async function create(session: Session, inputs: Bag): Promise<CreateResult> {
	const declared = declaredBy(readGroup(inputs), inputs);
	const agreed = (sight: GroupSight) => planChangedFrom(shownIn(inputs), plannedCalls(declared, sight));
	try {
		const { sight, done, made } = await steer(session, inputs, declared, { agreed });
		if (sight.group === null) throw vanished(declared);
		const outs = { ...outputsOf(inputs, sight, { made }), plannedOperations: done.length === 0 ? adopted : done };
		return { id: identityOfGroup(inputs, sight.group), outs };
	} catch (error) {
		if (!(error instanceof GroupRunStopped)) throw error;
		const { sight, done, sent } = error.left;
		// Without a state the next run would adopt what this one made or is about to have made, and destroy would keep it for good.
		if (sight.group === null && sent === null) throw error.reason;
		const outs = { ...outputsOf(inputs, sight, recordOf(error.left)), ...operationsDone(done) };
		const id = identityOfGroup(inputs, sight.group);
		throw new PartialFailure(id, { ...outs, __provider: inputs.__provider }, error.message);
	}
}

/** Observes, and sets what is seen. Gone only if the host was read whole and does not list the group of this id any more. */
export async function read(session: Session, id: string, props: Bag): Promise<ReadResult> {
	const stored = readStored(props);
	const { made, sent = null } = stored.record;
	const declared: DeclaredGroup = { ...rememberedGroup(props, stored), wish: "seen" };
	const sight = await lookAtGroup(declared, session.hosts, "cached");
	const { group } = sight;
	if (group === null) {
		const mayCome = stored.uniqueId === null && sent !== null && mayComeYet(sent, session.clock.now());
		return mayCome ? { id, props } : {};
	}
	warnOfName(declared, sight, session.log.forResource(urnIn(props)).warning);
	const seen = { ...props, members: memberIds(sight, group.members), related: sight.isRelated };
	if (stored.uniqueId !== null) return { id, props: seen };
	return { id, props: { ...seen, uniqueId: groupIdOf(group), record: { made: made || isMadeBy(sent, sight) } } };
}

/** Gives the group the declared members; that it is the one of the state is looked at right before. */
export async function update(session: Session, id: string, olds: Bag, news: Bag): Promise<UpdateResult> {
	const stored = readStored(olds);
	const { made: wasMade, sent = null } = stored.record;
	const declared = declaredAgain(readGroup(news), news, stored);
	const agreed = (seen: GroupSight) => {
		if (stored.uniqueId !== null && (seen.group === null || !isStored(seen.group, stored))) return vanished(declared);
		return planChangedFrom(shownIn(news), plannedCalls(declared, seen));
	};
	try {
		const { sight, done, made } = await steer(session, news, declared, { agreed, sent });
		return { outs: { ...outputsOf(news, sight, { made: wasMade || made }), ...operationsDone(done) } };
	} catch (error) {
		if (!(error instanceof GroupRunStopped)) throw error;
		const { sight, made, sent: left } = error.left;
		// The state keeps the arguments of before, and knows what may still come.
		const { uniqueId, members, related, record } = outputsOf(
			olds,
			sight,
			recordOf({ made: wasMade || made, sent: left }),
		);
		const seen = sight.group === null ? { record } : { uniqueId, members, related, record };
		throw new PartialFailure(id, { ...olds, ...seen, __provider: news.__provider }, error.message);
	}
}

/**
 * Takes all members out and deletes the group, where `deletePolicy` says so. A group that this run declares is never
 * deleted: Pulumi creates first and deletes afterwards, so that is the tail of a rename or a replacement.
 */
export async function remove(session: Session, _id: string, props: Bag): Promise<"ended" | "kept"> {
	const stored = readStored(props);
	const { sent = null } = stored.record;
	const holder = session.declarations.holderOf({ ...declarationOf(stored, null), ids: idsOf(stored.uniqueId) });
	const declared: DeclaredGroup = { ...rememberedGroup(props, stored), wish: "gone" };
	const keep = (why: string) => {
		session.log.forResource(urnIn(props)).info(`${groupName(declared)} stays and nothing was sent: ${why}.`);
		return "kept" as const;
	};
	if (holder !== undefined) return keep(`this run declares it as ${nameIn(holder)}`);
	if (!deletes(stored)) return keep("deletePolicy is keep");
	let isOurs = true;
	// What a create that was stopped made is known by what it was to hold; anything else of that name is somebody's.
	const agreed = (sight: GroupSight) => {
		isOurs = stored.uniqueId !== null || sight.group === null || isMadeBy(sent, sight);
		return isOurs ? null : vanished(declared);
	};
	try {
		await steer(session, props, declared, { agreed, sent });
	} catch (error) {
		if (!isOurs) return keep("whether this resource made it is not known");
		throw error instanceof GroupRunStopped ? error.reason : error;
	}
	return "ended";
}

/** What a preview cannot show of a group and a test wants to know: how it is found now. */
export async function foundNow(session: Session, inputs: Bag): Promise<Bag> {
	const sight = await lookAtGroup(declaredBy(readGroup(inputs), inputs), session.hosts, "cached");
	const members = sight.wished ?? sight.members ?? [];
	return { members: memberIds(sight, members), related: sight.isRelated };
}

async function steer(
	session: Session,
	bag: Bag,
	declared: DeclaredGroup,
	options: GroupRunOptions,
): Promise<GroupResult> {
	const urn = urnIn(bag);
	const why = bag.reason === undefined ? null : String(bag.reason);
	const log = session.log.forResource(urn);
	session.underWay++;
	try {
		const around = {
			hosts: session.hosts,
			clock: session.clock,
			fence: async () => {
				const rival = session.declarations.rivalOf(urn);
				if (rival !== undefined) throw declaredTwice(rival, "replication group");
				await log.fence();
			},
			report: (event: GroupRunEvent) => {
				const line = describeEvent(event);
				if (line !== null) log.info(why === null ? line : `${line} (${why})`);
			},
			signal: session.ending.signal,
		};
		return await steerOnLedger(session, { declared, urn, why }, around, options);
	} finally {
		await session.runEnded(log);
	}
}

/** What is told of a run while it goes on. */
function describeEvent(event: GroupRunEvent): string | null {
	switch (event.kind) {
		case "awaited":
			return `waits for ${event.what}: nothing is sent before, at most ${Math.ceil(event.limitMs / 1_000)} s.`;
		case "beforeCall":
			return `${event.number} of ${event.of}: ${event.line}`;
		case "reached":
			return event.refusal === null
				? null
				: `${event.refusal}, and somebody else did it: nothing of this step is ours.`;
		case "planned":
		case "afterCall":
		case "callCutOff":
			return null;
		default:
			return event satisfies never;
	}
}

/** The group of the last run by its inputs, which are all that check has; of the run that made it they have no id yet. */
async function knownBefore(session: Session, olds: Bag): Promise<string | null> {
	if (typeof olds.uniqueId === "string" && olds.uniqueId !== "") return olds.uniqueId;
	if (Object.keys(olds).length === 0) return null;
	try {
		const declared = { ...declaredBy(readGroup(olds), olds), members: null };
		const { group } = await lookAtGroup(declared, session.hosts, "cached");
		return group === null ? null : groupIdOf(group);
	} catch {
		// What cannot be read now is told of the group that is declared now.
		return null;
	}
}

function isStored(group: GroupFact, { uniqueId }: StoredGroup): boolean {
	return uniqueId !== null && sameId(groupIdOf(group), uniqueId);
}

/**
 * A group among the pairs of disks that a run declares, by ids and names that no disk has. Two hosts may have an array of one
 * name each, or see the same one.
 */
function declarationOf(
	{ host, storageSubsystem, friendlyName }: Pick<GroupArguments, "host" | "storageSubsystem" | "friendlyName">,
	sight: GroupSight | null,
): DeclaredPair {
	const array = sight?.subsystemUniqueId || `${storageSubsystem} at ${host}`;
	return {
		ids: idsOf(sight?.group ? groupIdOf(sight.group) : null),
		virtualDisks: { source: `group ${friendlyName}`, target: `array ${array}` },
	};
}

function idsOf(uniqueId: string | null): DeclaredPair["ids"] {
	const id = uniqueId === null ? null : `group ${uniqueId}`;
	return { source: id, target: id };
}

/** The new group takes disks that the old one holds as long as it is there. */
function holdsDisksOf({ observation, wished: members }: GroupSight, { uniqueId }: StoredGroup): boolean {
	const old = observation.groups?.find((group) => uniqueId !== null && sameId(groupIdOf(group), uniqueId));
	return old !== undefined && (members ?? []).some((member) => old.members.some((own) => sameId(own, member)));
}

function shownIn({ plannedOperations }: Bag): string[] {
	return Array.isArray(plannedOperations) ? plannedOperations.map(String) : [];
}

function announce(declared: DeclaredGroup, sight: GroupSight, tell: (message: string) => void): void {
	const lines = plannedCalls(declared, sight);
	if (lines.length > 0) tell(["plan:", ...lines.map((line) => `  ${line}`)].join("\n"));
	else if (declared.knownId === null) tell(`adopts ${groupName(declared)} as it is, sends nothing.`);
}

function warnOfName(declared: DeclaredGroup, { group }: GroupSight, warn: (message: string) => void): void {
	const { friendlyName, hideNames } = declared;
	if (group === null || hideNames || sameId(group.friendlyName, friendlyName)) return;
	if (sameId(group.uniqueId, friendlyName)) return;
	warn(`the group ${friendlyName} is called ${group.friendlyName} on its array; it is the one that the state knows.`);
}

function vanished(declared: DeclaredGroup): ReplicationError {
	return new ReplicationError({
		code: errorCodes.planChanged,
		class: "safety",
		what: `${groupName(declared)} at ${declared.host} is not the group any more that was there when the plan was shown.`,
		dataSafety: "yes, nothing was sent.",
		remedy: "run preview and look at the plan again.",
	});
}
