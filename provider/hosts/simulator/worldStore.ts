import { existsSync } from "node:fs";
import { resolve } from "node:path";
import type { World } from "./world";
import { changeWorld, contactedHosts, logContact, readWorld, writeWorld } from "./worldFile";

/** Where a world is kept. */
export interface WorldStore {
	/** For messages: the path of a file, or what it is instead. */
	readonly name: string;
	exists(): boolean;
	/** What a reader settles of it, it settles for itself alone or for everybody: settling twice changes nothing. */
	read(): World;
	write(world: World): void;
	/** With nobody else in between; what `change` throws leaves the world as it was. */
	change<T>(change: (world: World) => T): Promise<T>;
	logContact(contact: Readonly<Record<string, unknown>>): void;
	/** Hosts that have asked for anything so far. */
	contactedHosts(): string[];
}

/** A path is a file, which several processes share and which survives them. */
export function storeAt(place: string | WorldStore): WorldStore {
	if (typeof place !== "string") return place;
	const path = resolve(place);
	return {
		name: path,
		exists: () => existsSync(path),
		read: () => readWorld(path),
		write: (world) => writeWorld(path, world),
		change: (change) => changeWorld(path, change),
		logContact: (contact) => logContact(path, contact),
		contactedHosts: () => contactedHosts(path),
	};
}

/** This process alone: for thousands of worlds a minute, of which nobody needs one afterwards. */
export class WorldInMemory implements WorldStore {
	readonly name = "in memory";
	private world: World | null = null;
	private readonly asked = new Set<string>();

	exists(): boolean {
		return this.world !== null;
	}

	read(): World {
		if (this.world === null) throw new RangeError("nothing was written to this world yet");
		return this.world;
	}

	write(world: World): void {
		this.world = world;
	}

	async change<T>(change: (world: World) => T): Promise<T> {
		// Received calls are only ever appended to, and there may be many.
		const { calls, ...rest } = this.read();
		const world: World = { ...structuredClone(rest), calls: [...calls] };
		const result = change(world);
		this.world = world;
		return result;
	}

	logContact({ host }: Readonly<Record<string, unknown>>): void {
		this.asked.add(String(host));
	}

	contactedHosts(): string[] {
		return [...this.asked];
	}
}
