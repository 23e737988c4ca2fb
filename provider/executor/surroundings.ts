import type { Clock } from "./clock";
import type { TransitionEvent } from "./events";
import type { Hosts } from "./hosts";

/** Everything outside that a transition touches. */
export interface Surroundings {
	readonly hosts: Hosts;
	readonly clock: Clock;
	/** Throws when whoever ordered the run is gone: then nothing further is issued. */
	readonly fence: () => Promise<void>;
	readonly report: (event: TransitionEvent) => void | Promise<void>;
	readonly signal?: AbortSignal | undefined;
}
