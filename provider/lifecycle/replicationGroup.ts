import { createHash } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import * as z from "zod";
import type { GroupFact } from "../executor/host";
import { sameId } from "../executor/identity";
import {
	type DeclaredGroup,
	type GroupSight,
	groupIdOf,
	groupName,
	hindranceTo,
	lookAtGroup,
	memberIds,
	plannedCalls,
} from "../executor/oneGroup";
import { type GroupResult, GroupRunStopped, steerGroup } from "../executor/oneGroupRun";
import { GroupDeletePolicy } from "../model/argumentValues";
import { describeIssues, inOurWords } from "../model/describeIssues";
import { errorCodes } from "../model/errorCodes";
import { ReplicationError } from "../model/replicationError";
import { planChangedFrom } from "./apply";
import { text } from "./argumentParts";
import { type Bag, hasUnknown, hidesNames, mistakesAgainst, pick, unknownValue } from "./arguments";
import { adopted, asKnown, type CheckResult } from "./check";
import type { CreateResult } from "./create";
import type { DeclaredPair } from "./declarations";
import { declaredTwice } from "./declaredTwice";
import type { DiffResult } from "./diff";
import { PartialFailure } from "./partialFailure";
import type { ReadResult } from "./read";
import type { Session } from "./session";
import type { UpdateResult } from "./update";
import { nameIn, urnIn } from "./urn";

/** What the resource class says of itself, and `provider/index.ts` tells the classes apart by. */
export const groupKind = "ReplicationGroup";

/** What a caller's mistake left empty is told by the methods of the other classes, as it was. */
export function isGroup(bag: Bag | null): boolean {
	return bag?.kind === groupKind;
}

const shape = {
	host: text,
	storageSubsystem: text,
	friendlyName: text,
	members: z.array(text).optional(),
	deletePolicy: z.enum(GroupDeletePolicy).optional(),
	reason: text.max(1_000).optional(),
} as const;

const schema = z.object(shape);
export type GroupArguments = z.infer<typeof schema>;
/** Those that say which group is meant. */
const identifying = ["host", "storageSubsystem", "friendlyName"] as const;
const wished = [...identifying, "members"] as const;

/** What a state holds; `members` are there by their ids, and not asked for. */
const storedSchema = z.object({
	...shape,
	members: z.unknown(),
	uniqueId: text,
	related: z.boolean(),
	record: z.object({ made: z.boolean() }),
});

/** Reads a group, or what an earlier check let through, and tells what an up would do. Never throws. */
export async function check(session: Session, olds: Bag, news: Bag): Promise<CheckResult> {
	const given = pick(
		news,
		Object.keys(news).filter((name) => !added.includes(name) && !isSeed(news, name)),
	);
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
		if (group === null || !sameId(groupIdOf(group), stored.uniqueId))
			return replacement(session, args, news, stored, sight);
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
function replacement(session: Session, args: GroupArguments, news: Bag, stored: Stored, sight: GroupSight): DiffResult {
	const urn = urnIn(news);
	const log = session.log.forResource(urn);
	const deleteBeforeReplace = holdsDisksOf(sight, stored) && deletes(stored);
	if (deleteBeforeReplace) session.endingGroups.set(urn, stored.uniqueId);
	const hide = hidesNames(news);
	const now =
		sight.group === null ? "another one is made" : `${hide ? "another one" : groupIdOf(sight.group)} is there`;
	const before = hide ? "before" : stored.uniqueId;
	const fate = deletes(stored) ? "is deleted" : "stays, and its disks in it (deletePolicy)";
	log.warning(`this declaration means another group than ${before}: ${now}, and the old one ${fate}.`);
	const replaces = identifying.filter((name) => args[name] !== stored[name]);
	return { changes: true, replaces: replaces.length > 0 ? replaces : ["uniqueId"], deleteBeforeReplace };
}

/** Adopts the group of this name if there is one, else makes it, and gives it the declared members. */
export async function create(session: Session, inputs: Bag): Promise<CreateResult> {
	const args = readGroup(inputs);
	const declared = declaredBy(args, inputs);
	const resultAs = ({ sight, made, done }: GroupResult, group: GroupFact): CreateResult => {
		const outs = outputsOf(inputs, sight, { made });
		return { id: identityOfGroup(group, inputs), outs: { ...outs, ...operationsDone(done) } };
	};
	try {
		const result = await run(session, inputs, declared, (sight) =>
			planChangedFrom(shownIn(inputs), plannedCalls(declared, sight)),
		);
		if (result.sight.group === null) throw vanished(declared);
		const { id, outs } = resultAs(result, result.sight.group);
		return { id, outs: result.done.length === 0 ? { ...outs, plannedOperations: adopted } : outs };
	} catch (error) {
		if (!(error instanceof GroupRunStopped) || error.left.sight.group === null) throw error;
		// Without a state the next run would adopt what this one made, and destroy would keep it for good.
		const { id, outs } = resultAs(error.left, error.left.sight.group);
		throw new PartialFailure(id, { ...outs, __provider: inputs.__provider }, error.message);
	}
}

/** Observes, and sets what is seen. Gone only if the host was read whole and does not list the group of this id any more. */
export async function read(session: Session, id: string, props: Bag): Promise<ReadResult> {
	const stored = readStored(props);
	const declared: DeclaredGroup = { ...rememberedGroup(props, stored), wish: "seen" };
	const sight = await lookAtGroup(declared, session.hosts, "cached");
	if (sight.group === null) return {};
	warnOfName(declared, sight, session.log.forResource(urnIn(props)).warning);
	return { id, props: { ...props, members: memberIds(sight, sight.group.members), related: sight.isRelated } };
}

/** Gives the group the declared members; that it is the one of the state is looked at right before. */
export async function update(session: Session, _id: string, olds: Bag, news: Bag): Promise<UpdateResult> {
	const args = readGroup(news);
	const stored = readStored(olds);
	const declared = declaredAgain(args, news, stored);
	const { sight, done } = await run(session, news, declared, (seen) => {
		if (seen.group === null || !sameId(groupIdOf(seen.group), stored.uniqueId)) return vanished(declared);
		return planChangedFrom(shownIn(news), plannedCalls(declared, seen));
	});
	return { outs: { ...outputsOf(news, sight, stored.record), ...operationsDone(done) } };
}

/**
 * Takes all members out and deletes the group, where `deletePolicy` says so. A group that this run declares is never
 * deleted: Pulumi creates first and deletes afterwards, so that is the tail of a rename or a replacement.
 */
export async function remove(session: Session, _id: string, props: Bag): Promise<"ended" | "kept"> {
	const stored = readStored(props);
	const log = session.log.forResource(urnIn(props));
	const holder = session.declarations.holderOf({ ...declarationOf(stored, null), ids: idsOf(stored.uniqueId) });
	const declared: DeclaredGroup = { ...rememberedGroup(props, stored), wish: "gone" };
	if (holder !== undefined || !deletes(stored)) {
		const why = holder === undefined ? "deletePolicy is keep" : `this run declares it as ${nameIn(holder)}`;
		log.info(`${groupName(declared)} stays and nothing was sent: ${why}.`);
		return "kept";
	}
	await run(session, props, declared, () => null).catch((error: unknown) => {
		throw error instanceof GroupRunStopped ? error.cause : error;
	});
	return "ended";
}

/** What a preview cannot show of a group and a test wants to know: how it is found now. */
export async function foundNow(session: Session, inputs: Bag): Promise<Bag> {
	const sight = await lookAtGroup(declaredBy(readGroup(inputs), inputs), session.hosts, "cached");
	const members = sight.wished ?? sight.members ?? [];
	return { members: memberIds(sight, members), related: sight.isRelated };
}

async function run(
	session: Session,
	bag: Bag,
	declared: DeclaredGroup,
	agreed: (sight: GroupSight) => ReplicationError | null,
): Promise<GroupResult> {
	const { reason } = bag;
	const urn = urnIn(bag);
	const log = session.log.forResource(urn);
	session.underWay++;
	try {
		return await steerGroup(
			declared,
			{
				hosts: session.hosts,
				clock: session.clock,
				fence: async () => {
					const rival = session.declarations.rivalOf(urn);
					if (rival !== undefined) throw declaredTwice(rival, "replication group");
					await log.fence();
				},
				tell: (line) => log.info(reason === undefined ? line : `${line} (${String(reason)})`),
				signal: session.ending.signal,
			},
			agreed,
		);
	} finally {
		await session.runEnded(log);
	}
}

/** Inputs that the resource class or an earlier check adds: none is an argument. */
const added: readonly string[] = [
	"__provider",
	"resourceUrn",
	"kind",
	"dryRun",
	"secretNames",
	"plannedOperations",
	"uniqueId",
	"related",
	"record",
];

/** Where names are secret the class gives even `members` that are left out: an output is secret only where the input was. */
function isSeed(bag: Bag, name: string): boolean {
	return name === "members" && hidesNames(bag) && bag.members === "";
}

/** For the same reason check hands on what it cannot know yet. */
function seedsIn(bag: Bag): Bag {
	if (!hidesNames(bag)) return {};
	return { uniqueId: "", ...(isSeed(bag, "members") ? { members: "" } : {}) };
}

function readGroup(bag: Bag): GroupArguments {
	const known = Object.fromEntries(
		Object.keys(shape).flatMap((name) =>
			bag[name] === undefined || hasUnknown(bag[name]) || isSeed(bag, name) ? [] : [[name, bag[name]]],
		),
	);
	return schema.parse(known);
}

function readStored(bag: Bag): z.infer<typeof storedSchema> {
	const result = storedSchema.safeParse(bag, inOurWords);
	if (result.success) return result.data;
	throw new ReplicationError({
		code: errorCodes.recordUnreadable,
		class: "user",
		what: `the group in the state cannot be read: ${describeIssues(result.error, "the state")}.`,
		dataSafety: "yes, nothing was changed.",
		remedy: "use the release that wrote the state, or a newer one.",
	});
}

type Stored = ReturnType<typeof readStored>;

function declaredBy({ host, storageSubsystem, friendlyName, members }: GroupArguments, bag: Bag): DeclaredGroup {
	const named = { host, storageSubsystem, friendlyName, members: members ?? null, hideNames: hidesNames(bag) };
	return { ...named, knownId: null, replacedId: null, wish: "declared", wasRelated: false };
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

/** A name that the program changed asks for the group of that name; under the old one the id counts, whatever it is called. */
function declaredAgain(args: GroupArguments, news: Bag, stored: Stored): DeclaredGroup {
	const knownId = args.friendlyName === stored.friendlyName ? stored.uniqueId : null;
	return { ...declaredBy(args, news), knownId, replacedId: stored.uniqueId, wasRelated: stored.related };
}

/** The group that a state knows, by its id alone. */
function rememberedGroup(props: Bag, stored: Stored): DeclaredGroup {
	return {
		...declaredBy({ ...stored, members: undefined }, props),
		knownId: stored.uniqueId,
		wasRelated: stored.related,
	};
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

/** One that was found is not ours to delete, unless the program says so. */
function deletes({ deletePolicy, record }: Stored): boolean {
	return (deletePolicy ?? (record.made ? "delete" : "keep")) === "delete";
}

/** The new group takes disks that the old one holds as long as it is there. */
function holdsDisksOf({ observation, wished: members }: GroupSight, { uniqueId }: Stored): boolean {
	const old = observation.groups?.find((group) => sameId(groupIdOf(group), uniqueId));
	return old !== undefined && (members ?? []).some((member) => old.members.some((own) => sameId(own, member)));
}

function outputsOf(inputs: Bag, { group, isRelated, ...sight }: GroupSight, record: Stored["record"]): Bag {
	return {
		...pick(inputs, [...Object.keys(shape), "kind", "resourceUrn", "secretNames", "plannedOperations"]),
		uniqueId: group === null ? "" : groupIdOf(group),
		members: memberIds(sight, group?.members ?? []),
		related: isRelated,
		record,
	};
}

/** Pulumi keeps no id secret, and a UniqueId may be what the program names the group by. */
function identityOfGroup(group: GroupFact, inputs: Bag): string {
	const id = groupIdOf(group);
	return hidesNames(inputs) ? createHash("sha256").update(id.toLowerCase()).digest("hex").slice(0, 32) : id;
}

function operationsDone(done: readonly string[]): Bag {
	return done.length === 0 ? {} : { plannedOperations: done };
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
