import { operations, relationship, storage } from "./vocabulary";

/** An end as the user declared it. It never changes meaning, whatever the roles on the array are. */
export type End = "source" | "target";

/** `forward`: data flows from the declared source to the declared target. `reverse`: the other way round. */
export const Direction = { Forward: "forward", Reverse: "reverse" } as const;
export type Direction = (typeof Direction)[keyof typeof Direction];

/** One value per end. */
export type PerEnd<T> = { readonly source: T; readonly target: T };

/** Names of `MSFT_Synchronized.CopyState`. */
export type CopyState = keyof typeof relationship.synchronizedCopyState;
/** Names of `MSFT_Synchronized.CopyState`, to compare the output `copyState` with; that may also be `absent`, or name a number that is not among these. */
export const CopyState = Object.fromEntries(
	Object.keys(relationship.synchronizedCopyState).map((name) => [name, name]),
) as { readonly [Name in CopyState]: Name };

/**
 * Names of ProgressStatus. The reference page and the real MOF give 13, 14 and 15 different names; we read numbers as
 * the MOF does, and know the names of both.
 */
export type ProgressStatus =
	| keyof typeof relationship.virtualDiskToVirtualDiskProgressStatus
	| keyof typeof relationship.synchronizedProgressStatus
	| keyof typeof newerProgressStatus;

/** Of newer DMTF (CIM_Synchronized.ProgressStatus): neither Microsoft's page nor its MOF has them, arrays report them. */
export const newerProgressStatus = {
	RequiresDetach: 22,
	Terminating: 23,
	RequiresSplit: 24,
	RequiresResume: 25,
} as const;

export type SyncMode = keyof typeof relationship.synchronizedSyncMode;
/** Names of `MSFT_Synchronized.SyncType`, and the one that only the methods accept (9). */
export type SyncType = keyof typeof operations.virtualDiskCreateReplicaSyncType;

/** The 22 operations of `MSFT_VirtualDisk.SetReplicationRelationship`. */
export type Operation = keyof typeof operations.virtualDiskSetReplicationRelationshipOperation;

/** A number that the vocabulary does not name. It is kept, shown and refused by number, never read as a neighbour. */
export type Unknown = { readonly unknown: number };

/** Writes that an end may hold and the other lacks: none, only ones younger than our own separation or an asynchronous tail, or any. */
export type Ahead = "no" | "recent" | "yes";

export const ends = ["source", "target"] as const satisfies readonly End[];

export function otherEnd(end: End): End {
	return end === "source" ? "target" : "source";
}

export function otherDirection(direction: Direction): Direction {
	return direction === "forward" ? "reverse" : "forward";
}

/** The end that data flows from now. */
export function currentSource(direction: Direction): End {
	return direction === "forward" ? "source" : "target";
}

/** The end that data flows to now. */
export function currentTarget(direction: Direction): End {
	return otherEnd(currentSource(direction));
}

export function copyStateOf(number: number): CopyState | Unknown {
	return nameOf(relationship.synchronizedCopyState, number);
}

/** Reads a number as the MOF names it (13 Aborting, 14 Mixed, 15 NotApplicable, 21 Detaching). */
export function progressStatusOf(number: number): ProgressStatus | Unknown {
	const name = nameOf(relationship.virtualDiskToVirtualDiskProgressStatus, number);
	return isUnknown(name) ? nameOf(newerProgressStatus, number) : name;
}

/** Adaptive (4, provider-side classes) and any other number are not in the enumeration: the mode is then Unknown. */
export function syncModeOf(number: number): SyncMode {
	const name = nameOf(relationship.synchronizedSyncMode, number);
	return typeof name === "string" ? name : "Unknown";
}

export function syncTypeOf(number: number): SyncType | Unknown {
	return nameOf(operations.virtualDiskCreateReplicaSyncType, number);
}

/** Clone and TokenizedClone count as one: a host may show either of what was made as the other. */
export function isOfKind(syncType: SyncType | Unknown, kind: SyncType): boolean {
	const isClone = (value: SyncType | Unknown) => value === "Clone" || value === "TokenizedClone";
	return syncType === kind || (isClone(syncType) && isClone(kind));
}

export function healthStatusOf(number: number): keyof typeof storage.virtualDiskHealthStatus | Unknown {
	return nameOf(storage.virtualDiskHealthStatus, number);
}

export function operationalStatusOf(number: number): keyof typeof storage.virtualDiskOperationalStatus | Unknown {
	return nameOf(storage.virtualDiskOperationalStatus, number);
}

export function isUnknown(value: string | Unknown): value is Unknown {
	return typeof value !== "string";
}

/** `Synchronized`, or `unknown state 17`. */
export function describeName(value: string | Unknown, what = "state"): string {
	return isUnknown(value) ? `unknown ${what} ${value.unknown}` : value;
}

const namesByNumber = new WeakMap<object, Map<number, string>>();

function nameOf<Table extends Record<string, number>>(table: Table, number: number): (keyof Table & string) | Unknown {
	let names = namesByNumber.get(table);
	if (names === undefined) {
		names = new Map(Object.entries(table).map(([name, value]) => [value, name]));
		namesByNumber.set(table, names);
	}
	const name = names.get(number);
	return name === undefined ? { unknown: number } : (name as keyof Table & string);
}
