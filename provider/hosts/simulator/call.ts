import type { Operation } from "../../model/relationship";
import type { Answer } from "./calls";
import type { World } from "./world";

/** A call that may change something, on whatever it is that has the method. */
export interface Call {
	readonly method: string;
	readonly operation?: Operation | null;
	readonly peer?: string | null;
	/** What it names, where that is not there. */
	readonly on: string;
	readonly find: (world: World) => Called | undefined;
}

export interface Called {
	readonly uniqueId: string;
	readonly name: string;
	readonly array: string;
	readonly act: (nowMs: number) => Answer;
}
