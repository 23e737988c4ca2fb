import type { End, PerEnd, SyncType } from "../model/relationship";
import type { DeclaredEnd } from "./disks";
import type { NamedDisk } from "./namesMoved";

/** Which relationship to look for. */
export interface Declared {
	readonly ends: PerEnd<DeclaredEnd>;
	/** An end declared lost: never contacted, counts as unreachable. */
	readonly lost: End | null;
	/** What the relationship is meant to be; left out: a Mirror. Others of the same disks are its neighbours. */
	readonly kind?: SyncType;
	/** What identified the disks when they were last seen (`idIn`); `null`: not known yet. They find a disk that was renamed. */
	readonly knownIds: PerEnd<string | null>;
	/**
	 * Which disks the program named by what when the last run saw them. A name that is declared as before and means
	 * another disk by now was moved on the array: nobody here wished that. Left out: no run saw any.
	 */
	readonly meant?: readonly NamedDisk[];
	/** Check: a name that no disk has is a mistake to report, even if the disk it once named is known by its id. */
	readonly namesMustResolve?: boolean;
	/** Of groups: the pairs that are wished, by the disks' names or ids; left out: as found. */
	readonly pairs?: readonly PerEnd<string>[];
	/** Disks of the resource that this one replaces: what is between them ends before this one is made. */
	readonly ending?: PerEnd<string | null>;
	/** Read and delete: the disks that state knows are meant, whatever carries their names now. */
	readonly idsFirst?: boolean;
	/** The target was made in this run: its host may not list it yet. */
	readonly justMade?: boolean;
	/** Both ends listed the relationship at some look before: one host for both lists it at each disk, not once. */
	readonly bothListed?: boolean;
	/** A run that sends something has seen that no group steers it, and is not stopped half way by groups that were not read since. */
	readonly groupsKnown?: boolean;
	/** A removal: it does not need the roles, and must not be stuck because hosts contradict each other on them. */
	readonly anyRoles?: boolean;
	/** The disks' names are secret: plans, logs and errors say "source" and "target". */
	readonly hideNames?: boolean;
}

/** Two groups are meant, and their pairs are steered together. */
export function isOfGroups({ ends: { source } }: Declared): boolean {
	return source.subject === "group";
}

/** An end as errors may show it. */
export function shownEnd({ ends: declaredEnds, hideNames }: Declared, end: End): DeclaredEnd {
	return hideNames ? { ...declaredEnds[end], virtualDisk: end } : declaredEnds[end];
}
