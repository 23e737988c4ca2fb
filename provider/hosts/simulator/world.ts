import * as z from "zod";
import { inOurWords } from "../../model/describeIssues";
import { synchronizedSyncType as types } from "../../model/vocabulary/relationship";
import { type CopyBehaviour, type CopyKind, copyBehaviourSchema, kindOf } from "./copyBehaviour";
import { creationSchema } from "./creation";
import { faultSchema } from "./faultSchema";
import { type GroupBehaviour, groupBehaviourSchema, kindGroups } from "./groupBehaviour";
import { type Profile, profiles } from "./profiles";
import { traitsSchema } from "./traits";

const milliseconds = z.number();
/** Ranges of write numbers, both ends included, ascending: what a disk holds. */
const ranges = z.array(z.tuple([z.int().positive(), z.int().positive()]));

const relationship = z.strictObject({
	id: z.string(),
	/** The disks, as the file knows them, by the roles on the array now; reversing the roles swaps them. */
	source: z.string(),
	target: z.string(),
	copyState: z.int(),
	progressStatus: z.int(),
	syncMode: z.int(),
	syncType: z.int(),
	recoveryPointObjectiveMinutes: z.int().nullable(),
	/** The target is whole: it may serve. */
	consistent: z.boolean(),
	/** False: a Failback overwrote the source and has not ended. Left out, as in older files: whole. */
	sourceConsistent: z.boolean().optional(),
	/** A change that is under way: takes effect when it is due. */
	change: z.strictObject({ operation: z.string(), dueMs: milliseconds, job: z.string().nullable() }).nullable(),
	/** A copy that is under way, in the direction of the roles. */
	copy: z
		.strictObject({ startedMs: milliseconds, dueMs: milliseconds, backwards: z.boolean(), job: z.string().nullable() })
		.nullable(),
	/** Writes of an asynchronous source that have not arrived, oldest first. */
	tail: z.array(z.strictObject({ atMs: milliseconds, writes: ranges })),
	/** What is shown until then, after an answer that came before its effect. */
	shown: z.strictObject({ copyState: z.int(), progressStatus: z.int(), untilMs: milliseconds }).nullable(),
	/** Not visible until then, after the roles changed. */
	hiddenUntilMs: milliseconds.nullable(),
	/** The array keeps the source from taking writes: it was failed away from in order, or is being overwritten. */
	sourceFenced: z.boolean(),
	/** What the array tells of it, where that is not everything. */
	traits: traitsSchema.optional(),
	/** Of a copy: the moment that it is of, and what the source held then. `whole`: that was a whole disk. Left out or null: none is held. */
	pointInTime: z.strictObject({ atMs: milliseconds, writes: ranges, whole: z.boolean() }).nullable().optional(),
	/** The target held everything as of then; a later moment may be known from the state. */
	syncedAsOfMs: milliseconds.optional(),
	/** What was asked of the array last. */
	requestedCopyState: z.int().optional(),
	/** Operations that were answered and have not taken effect: as if they were called when they are due. */
	deferred: z
		.array(
			z.strictObject({
				operation: z.string(),
				disk: z.string(),
				dueMs: milliseconds,
				job: z.string().nullable(),
			}),
		)
		.optional(),
	/** The disk whose array has no relationship any more, while that of the other still lists it. */
	forgottenBy: z.string().optional(),
});

const group = z.strictObject({
	name: z.string().min(1),
	/** What the file knows the group by, and what hosts report. */
	uniqueId: z.string().min(1),
	array: z.string(),
	/** Disks, as the file knows them, in the order in which they are kept consistent. */
	members: z.array(z.string()),
});

/** Two groups whose pairs are steered together. The pairs are the mirrors between their members; without any it is over. */
const groupRelationship = z.strictObject({
	id: z.string(),
	/** The groups, by their roles when it was made; which is the source now, the pairs say. */
	source: z.string(),
	target: z.string(),
	consistent: z.boolean(),
	/** What the group says of itself, whatever its members are. Left out or null: what they are, Mixed if they differ. */
	says: z.strictObject({ copyState: z.int(), progressStatus: z.int() }).nullable().optional(),
});

const worldSchema = z.strictObject({
	version: z.literal(1),
	/** Simulated time = simulatedMs + (wall clock - wallMs) × speed. */
	clock: z.strictObject({ wallMs: milliseconds, simulatedMs: milliseconds, speed: z.number().nonnegative() }),
	arrays: z.array(
		z.strictObject({
			name: z.string().min(1),
			profile: z.enum(Object.keys(profiles) as [keyof typeof profiles]),
			/** Management hosts that see this array. One host may see several. */
			hosts: z.array(z.string().min(1)),
			/** How it makes replicas, where that is not at once, by the name given, in the mode wished for. */
			creation: creationSchema.optional(),
			/** What it does with copies, where that is not what its profile does. */
			copies: z
				.strictObject({
					Snapshot: copyBehaviourSchema.partial().optional(),
					Clone: copyBehaviourSchema.partial().optional(),
				})
				.optional(),
			/** What it does with groups, where that is not what its profile does. */
			groups: groupBehaviourSchema.partial().optional(),
		}),
	),
	disks: z.array(
		z.strictObject({
			name: z.string().min(1),
			/** What the file knows the disk by, for good; hosts report it as its UniqueId unless `reports` says otherwise. */
			uniqueId: z.string().min(1),
			reports: z.strictObject({ uniqueId: z.string(), objectId: z.string() }).optional(),
			array: z.string(),
			/** Set by an operator: the disk takes no writes. */
			readOnly: z.boolean(),
			content: ranges,
		}),
	),
	/** Disks that went back to their pool: the next one to be made gets an id that none of them had. */
	returnedDisks: z.int().nonnegative().optional(),
	relationships: z.array(relationship),
	groups: z.array(group).optional(),
	/** As with disks. */
	deletedGroups: z.int().nonnegative().optional(),
	groupRelationships: z.array(groupRelationship).optional(),
	jobs: z.array(
		z.strictObject({
			id: z.string(),
			array: z.string(),
			relationship: z.string(),
			state: z.int(),
			errorCode: z.int().nullable(),
			errorDescription: z.string().optional(),
			/** A job that hangs never gets there. */
			stuck: z.boolean(),
			/** A job of the array's own, which changes nothing: when it ends. */
			endsMs: milliseconds.optional(),
		}),
	),
	faults: z.array(faultSchema),
	/** The last write number given out. Every write that was acknowledged has one. */
	lastWrite: z.int().nonnegative(),
	/** Every state-changing call that was received, with what became of it. Written together with its effect. */
	calls: z.array(
		z.strictObject({
			sequence: z.int().positive(),
			atMs: milliseconds,
			host: z.string(),
			/** Of an element by its name alone; of a group or an array with its class: `ReplicationGroup.AddMember`. */
			method: z.string(),
			operation: z.string().nullable(),
			/** Name of what the method was called on: a disk, or a group, or an array. */
			disk: z.string(),
			peer: z.string().nullable(),
			returnCode: z.int().nullable(),
			effect: z.boolean(),
			process: z.int(),
		}),
	),
});

/** Everything that the simulator's file holds. */
export type World = z.infer<typeof worldSchema>;
export type SimulatedRelationship = World["relationships"][number];
export type SimulatedDisk = World["disks"][number];
export type SimulatedJob = World["jobs"][number];
export type SimulatedArray = World["arrays"][number];
export type SimulatedGroup = NonNullable<World["groups"]>[number];
export type SimulatedGroupRelationship = NonNullable<World["groupRelationships"]>[number];
export type Fault = World["faults"][number];
export type ReceivedCall = World["calls"][number];

/** Reads a world; throws the schema's error, which the caller tells with the file's name. */
export function parseWorld(value: unknown): World {
	return worldSchema.parse(value, inOurWords);
}

let lastJudged = "";

/**
 * Reads the text of a world. That of the last one is not judged again: each host of a file reads it, and of 300 pairs that
 * saves 6 of 7 ms of CPU. Each caller gets a world of its own, for it may change it.
 */
export function readWorldText(text: string): World {
	const value: z.input<typeof worldSchema> = JSON.parse(text);
	if (text === lastJudged) return value;
	const world = parseWorld(value);
	lastJudged = text;
	return world;
}

export function emptyWorld(wallMs: number, speed = 1): World {
	return {
		version: 1,
		clock: { wallMs, simulatedMs: 0, speed },
		arrays: [],
		disks: [],
		relationships: [],
		jobs: [],
		faults: [],
		lastWrite: 0,
		calls: [],
	};
}

/** A date can be told until then; a clock that ran on would make every reading fail. */
export const latestMs = 8e15;

export function nowIn({ clock }: World, wallMs: number): number {
	return Math.min(latestMs, clock.simulatedMs + Math.max(0, wallMs - clock.wallMs) * clock.speed);
}

const disksById = new WeakMap<SimulatedDisk[], Map<string, SimulatedDisk>>();

/** By id; made anew when disks were added. Who removes one makes another array, and ids never change. */
function disksOf({ disks }: World): Map<string, SimulatedDisk> {
	let byId = disksById.get(disks);
	if (byId === undefined || byId.size !== disks.length) {
		byId = new Map(disks.map((disk) => [disk.uniqueId, disk]));
		disksById.set(disks, byId);
	}
	return byId;
}

export function diskById(world: World, uniqueId: string): SimulatedDisk {
	const disk = disksOf(world).get(uniqueId);
	if (disk === undefined) throw new RangeError(`the simulator's file names a disk that it does not have: ${uniqueId}`);
	return disk;
}

/** A disk named to the simulator by a person or a fault: by what the file or a host knows it by, or by its name. */
export function isDisk({ uniqueId, name, reports }: SimulatedDisk, nameOrId: string): boolean {
	return nameOrId === uniqueId || nameOrId === name || nameOrId === reports?.uniqueId;
}

/** Does the array of this disk list the relationship? */
export function isListedBy({ source, target, forgottenBy }: SimulatedRelationship, uniqueId: string): boolean {
	return (source === uniqueId || target === uniqueId) && forgottenBy !== uniqueId;
}

/** One array has forgotten it: nothing is copied any more, whatever the other one shows. */
export function isHalfRemoved({ forgottenBy }: SimulatedRelationship): boolean {
	return forgottenBy !== undefined;
}

/** A Failback overwrites the source: until one ends, the source is neither what it was nor what the target is. */
export function isSourceWhole({ sourceConsistent }: SimulatedRelationship): boolean {
	return sourceConsistent !== false;
}

export function isCopy({ syncType }: SimulatedRelationship): boolean {
	return syncType !== types.Mirror;
}

/** What the array of a copy's source does with it. */
export function copyBehaviourOf(world: World, { source, syncType }: SimulatedRelationship): CopyBehaviour {
	const array = arrayOf(world, source);
	return behaviourOf(array, kindOf(syncType));
}

export function behaviourOf({ profile, copies }: SimulatedArray, kind: CopyKind): CopyBehaviour {
	return { ...profiles[profile].copies[kind], ...given(copies?.[kind]) };
}

/** What is there of it: schemas let `undefined` pass for what is left out. */
function given<Of extends object>(partial: Of | undefined): { [Key in keyof Of]?: Exclude<Of[Key], undefined> } {
	const pairs = Object.entries(partial ?? {}).filter(([, value]) => value !== undefined);
	return Object.fromEntries(pairs) as { [Key in keyof Of]?: Exclude<Of[Key], undefined> };
}

export function groupBehaviourOf({ profile, groups }: SimulatedArray): GroupBehaviour {
	const { operations, groups: family } = profiles[profile];
	return { ...kindGroups(operations), ...family, ...given(groups) };
}

export function profileOf(world: World, { source }: SimulatedRelationship): Profile {
	return profiles[arrayOf(world, source).profile];
}

export function arrayOf(world: World, uniqueId: string): SimulatedArray {
	return arrayByName(world, diskById(world, uniqueId).array);
}

export function arrayByName({ arrays }: World, name: string): SimulatedArray {
	const array = arrays.find((candidate) => candidate.name === name);
	if (array === undefined) throw new RangeError(`the simulator's file names an array that it does not have: ${name}`);
	return array;
}
