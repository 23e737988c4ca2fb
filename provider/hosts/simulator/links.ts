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

/** Several multiply each other, up to what a file can hold. */
export function slowness(world: World): number {
	const factor = world.faults.reduce((product, fault) => (fault.kind === "slow" ? product * fault.factor : product), 1);
	return Math.min(factor, 1e9);
}
