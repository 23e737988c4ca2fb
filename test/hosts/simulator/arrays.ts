import { join } from "node:path";
import { SimulatedClock } from "../../../provider/executor/clock";
import type { CallAnswer, Host } from "../../../provider/executor/host";
import { connectSimulator, type PairOptions, type ProfileName, Simulator } from "../../../provider/hosts/simulator";
import type { CopyState, Operation } from "../../../provider/model/relationship";
import { virtualDiskSetReplicationRelationshipOperation as numbers } from "../../../provider/model/vocabulary/operations";
import { synchronizedCopyState as states } from "../../../provider/model/vocabulary/relationship";
import { temporaryFolder } from "../../temporaryFolder";

export const ids = { source: "6000100000000001", target: "6000200000000001" } as const;

/** Two simulated arrays with one pair, on a clock that moves only when it is told to. */
export class Arrays {
	readonly clock: SimulatedClock;
	readonly sites: Simulator;

	private constructor(clock: SimulatedClock, sites: Simulator) {
		this.clock = clock;
		this.sites = sites;
	}

	static async open(options: { readonly profile?: ProfileName } & Partial<PairOptions> = {}): Promise<Arrays> {
		const { profile = "generous", ...pair } = options;
		const clock = new SimulatedClock(1_000_000);
		const sites = await Simulator.create(join(temporaryFolder("arrays"), "arrays.json"), {
			pairs: [{ source: "Orders", target: "Orders-DR", ...pair }],
			profile,
			now: () => clock.now(),
		});
		return new Arrays(clock, sites);
	}

	host(name: "east" | "west" | "management"): Host {
		return connectSimulator({ name, file: this.sites.file, now: () => this.clock.now() });
	}

	/** Sends an operation from the management host that sees both arrays, called on the disk that is the source now. */
	async send(operation: Operation, from: "east" | "west" | "management" = "management"): Promise<CallAnswer> {
		const relationship = this.sites.look().relationships[0];
		const host = this.host(from);
		const { disks } = await this.host("management").observe();
		const [own, peer] =
			from === "west" ? [relationship?.target, relationship?.source] : [relationship?.source, relationship?.target];
		const disk = disks.find(({ uniqueId }) => uniqueId === (own ?? ids.source));
		return host.setReplicationRelationship({
			operation: numbers[operation],
			diskObjectId: disk?.objectId ?? "",
			peerUniqueId: peer ?? ids.target,
			madePeer: null,
		});
	}

	/** Puts the relationship where a test starts. */
	put(copyState: CopyState): Promise<void> {
		return this.sites.change((world) => {
			for (const relationship of world.relationships) relationship.copyState = states[copyState];
		});
	}

	/** After everything that was under way has ended. */
	settled(): { readonly copyState: CopyState; readonly direction: "forward" | "reverse" } | null {
		this.clock.advance(60_000);
		const relationship = this.sites.look().relationships[0];
		if (relationship === undefined) return null;
		const name = (Object.keys(states) as CopyState[]).find((state) => states[state] === relationship.copyState);
		return { copyState: name as CopyState, direction: relationship.source === ids.source ? "forward" : "reverse" };
	}

	/** What a host shows of the relationship now. */
	async shown(host: "east" | "west" | "management" = "east") {
		return (await this.host(host).observe()).relationships[0];
	}
}
