import * as pulumi from "@pulumi/pulumi";
import type { ReplicationHost } from "./hosts";

/** What an explicit provider takes; each instance is a process of its own and sees exactly these. */
export interface StorageReplicationProviderArgs {
	/** As `storageReplication:hosts` in the stack's configuration: a name for each host and how it is reached. */
	hosts: pulumi.Input<Record<string, pulumi.Input<ReplicationHost>>>;
	/** As `storageReplication:approvals`: tokens that preview printed. */
	approvals?: pulumi.Input<pulumi.Input<string>[]>;
	/** As `storageReplication:journal`: the file or folder of the ledger that its runs are written to. */
	journal?: pulumi.Input<string>;
}

/**
 * A provider of its own hosts, for programs that speak to several sites with different credentials:
 * `new VirtualDiskReplication(name, args, { provider })`. A secret in it stays encrypted in the state and out of the
 * resources.
 */
export class StorageReplicationProvider extends pulumi.ProviderResource {
	constructor(name: string, args: StorageReplicationProviderArgs, opts?: pulumi.ResourceOptions) {
		super(
			"pulumi-nodejs",
			name,
			{
				"storageReplication:hosts": pulumi.output(args.hosts).apply((hosts) => JSON.stringify(hosts)),
				"storageReplication:approvals": pulumi
					.output(args.approvals)
					.apply((approvals) => (approvals === undefined ? undefined : JSON.stringify(approvals))),
				"storageReplication:journal": args.journal,
			},
			opts,
		);
	}
}
