import type { SimulatedArray, World } from "./world";

/** By an id that no disk has, nor one that was returned had. */
export function addDisk(world: World, array: SimulatedArray, friendlyName: string): string {
	const number = world.disks.length + (world.returnedDisks ?? 0) + 1;
	const uniqueId = `6000${String(number).padStart(12, "0")}`;
	const name = array.creation?.ownNames === true ? `vol-${uniqueId}` : friendlyName;
	world.disks.push({ name, uniqueId, array: array.name, readOnly: false, content: [] });
	return uniqueId;
}
