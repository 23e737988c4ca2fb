import { errorCodes } from "../../model/errorCodes";
import { ReplicationError } from "../../model/replicationError";
import {
	isCopy,
	isDisk,
	isListedBy,
	type SimulatedArray,
	type SimulatedDisk,
	type SimulatedGroup,
	type SimulatedRelationship,
	type World,
} from "./world";

/** The disk that is meant by a name or an id; a wrong one is told with those that there are. */
export function diskNamed(world: World, nameOrId: string): SimulatedDisk {
	const known = world.disks.find(({ uniqueId }) => uniqueId === nameOrId);
	const called = known === undefined ? world.disks.filter((each) => isDisk(each, nameOrId)) : [known];
	const [disk] = called;
	if (disk !== undefined && called.length === 1) return disk;
	if (called.length > 1) {
		const keys = called.map(({ uniqueId, array }) => `${uniqueId} (${array})`).join(", ");
		throw mistake(`"${nameOrId}" is the name of ${called.length} disks`, `name one of: ${keys}.`);
	}
	throw mistake(`there is no disk "${nameOrId}"`, `there are: ${world.disks.map(({ name }) => name).join(", ")}.`);
}

export function arrayNamed({ arrays }: World, array: string): SimulatedArray {
	const found = arrays.find(({ name }) => name === array);
	if (found !== undefined) return found;
	throw mistake(`there is no array "${array}"`, `there are: ${arrays.map(({ name }) => name).join(", ")}.`);
}

export function groupNamed({ groups = [] }: World, nameOrId: string): SimulatedGroup {
	const found = groups.filter(({ name, uniqueId }) => name === nameOrId || uniqueId === nameOrId);
	const [group] = found;
	if (group !== undefined && found.length === 1) return group;
	const there = groups.map(({ name, uniqueId }) => `${name} (${uniqueId})`).join(", ") || "none";
	throw mistake(`there is no one group "${nameOrId}"`, `there are: ${there}.`);
}

/** Of a disk in several: its mirror, else the one that it is a copy by. A copy of it is meant by the copy's own name. */
export function relationshipMeant(world: World, nameOrId: string): SimulatedRelationship | undefined {
	const { uniqueId } = diskNamed(world, nameOrId);
	const listed = world.relationships.filter((each) => isListedBy(each, uniqueId));
	return listed.find((each) => !isCopy(each)) ?? listed.find(({ target }) => target === uniqueId) ?? listed[0];
}

/** Which disks could have been meant where a relationship was needed. */
export function relatedDisks(world: World): string {
	const related = world.disks.filter(({ uniqueId }) => world.relationships.some((each) => isListedBy(each, uniqueId)));
	if (related.length === 0) return "there is no relationship; make one, or start with related pairs (init --related).";
	return `these are: ${related.map(({ name }) => name).join(", ")}.`;
}

/** Somebody's slip at the simulator, not an array's answer. */
export function mistake(what: string, remedy: string): ReplicationError {
	return new ReplicationError({
		code: errorCodes.invalidCommandLine,
		class: "user",
		what: `${what}.`,
		dataSafety: "yes, nothing was changed.",
		remedy,
	});
}
