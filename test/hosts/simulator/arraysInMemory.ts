import type { SimulatedClock } from "../../../provider/executor/clock";
import type { Host } from "../../../provider/executor/host";
import { connectSimulator, type Simulator } from "../../../provider/hosts/simulator";
import type { WorldInMemory } from "../../../provider/hosts/simulator/worldStore";

/** Simulated arrays without a file, on a clock that moves only when it is told to. */
export abstract class ArraysInMemory {
	readonly host: Host;

	protected constructor(
		readonly clock: SimulatedClock,
		readonly store: WorldInMemory,
		readonly sites: Simulator,
	) {
		this.host = this.connect("management");
	}

	connect(name: string): Host {
		return connectSimulator({ name, file: this.store, now: () => this.clock.now() });
	}
}
