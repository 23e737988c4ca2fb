/** Package and name, as the dynamic resource takes them. */
export const moduleName = "storageReplication";
export const typeName = "VirtualDiskReplication";

/** The type as the engine, state files and policies know it. */
export const resourceType = `pulumi-nodejs:dynamic/${moduleName}:${typeName}`;
export const snapshotType = `pulumi-nodejs:dynamic/${moduleName}:VirtualDiskSnapshot`;
export const groupReplicationType = `pulumi-nodejs:dynamic/${moduleName}:GroupReplication`;
export const cloneType = `pulumi-nodejs:dynamic/${moduleName}:VirtualDiskClone`;
export const groupType = `pulumi-nodejs:dynamic/${moduleName}:ReplicationGroup`;
