import * as pulumi from "@pulumi/pulumi";
import type { SyncMode } from "../provider/model/argumentValues";
import type { SupportedOperation } from "../provider/model/capabilities";
import type { GetReplicationArgs, GetReplicationOutputArgs } from "./getReplication";
import { forProgram } from "./programError";
import { readerOfProgram } from "./readerOfProgram";

/** What `getReplicationCapabilities` takes: the ends, and for a pair that is not related yet the mode that is meant. */
export interface GetReplicationCapabilitiesArgs extends GetReplicationArgs {
	/** Arrays advertise by mode. Of a relationship that exists its own counts. Default `synchronous`. */
	syncMode?: SyncMode | undefined;
}

/** The same with values that may be outputs. */
export interface GetReplicationCapabilitiesOutputArgs extends GetReplicationOutputArgs {
	/** As in `GetReplicationCapabilitiesArgs`. */
	syncMode?: pulumi.Input<SyncMode> | undefined;
}

/**
 * What the array of the current source says it can do for the pair: `capabilities` of a situation for `planTransition`.
 * Source: `MSFT_ReplicationCapabilities`, GetSupportedOperations and GetSupportedFeatures.
 */
export interface ReplicationCapabilities {
	/** Names of the operations. Null: the array does not say, so all are assumed. Empty: it says that there are none. */
	operations: SupportedOperation[] | null;
	/**
	 * Numbers of the features; `vocabulary["MSFT_ReplicationCapabilities.GetSupportedFeatures.Features"]` names them.
	 * Numbers that it does not name are kept.
	 */
	features: number[];
}

/**
 * Reads what can be done with a pair of disks before anything is wished: which operations the array offers, and which
 * rules of order it has. Runs in the program, in preview as well, and asks the hosts of `storageReplication:hosts`.
 *
 * Throws for wrong arguments (SR2001), a host or a disk that is not there (SR2004, SR2005), and if the host that would
 * be asked cannot be read (SR4xxx): "cannot be asked" is never told as "offers nothing".
 */
export function getReplicationCapabilities(args: GetReplicationCapabilitiesArgs): Promise<ReplicationCapabilities> {
	return forProgram(async () => {
		const reader = readerOfProgram(args, ["source", "target", "syncMode", "kind"]);
		const { source, target, syncMode, kind } = args;
		const { operations, features } = await reader.readCapabilities({ source, target }, syncMode, kind);
		return { operations: operations === null ? null : [...operations], features: [...features] };
	});
}

/** The same for arguments that may be outputs, as an output. */
export function getReplicationCapabilitiesOutput(
	args: GetReplicationCapabilitiesOutputArgs,
): pulumi.Output<ReplicationCapabilities> {
	return pulumi.output(args).apply(getReplicationCapabilities);
}
