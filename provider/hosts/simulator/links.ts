import { arrayOf, diskById, type SimulatedRelationship, type World } from "./world";

/** Can the two arrays of a relationship reach each other, and are both there? */
export function linkIsUp(world: World, { source, target }: SimulatedRelationship): boolean {
	const one = arrayOf(world, source).name;
	const other = arrayOf(world, target).name;
	return !world.faults.some((fault) => {
		switch (fault.kind) {
			case "linkDown":
				return fault.arrays.includes(one) && fault.arrays.includes(other) && one !== other;
			case "arrayLost":
				return fault.array === one || fault.array === other;
			default:
				return false;
		}
	});
}

export function arrayIsLost(world: World, uniqueId: string): boolean {
	const { array } = diskById(world, uniqueId);
	return world.faults.some((fault) => fault.kind === "arrayLost" && fault.array === array);
}

export function slowness(world: World): number {
	return world.faults.reduce((factor, fault) => (fault.kind === "slow" ? factor * fault.factor : factor), 1);
}
