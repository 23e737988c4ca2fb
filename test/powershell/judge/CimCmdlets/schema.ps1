# The part of root/Microsoft/Windows/Storage that replication needs (names and types: microsoft/wmi, Microsoft Learn).
$script:Ns = 'root/Microsoft/Windows/Storage'
$obj = 'ObjectId:string UniqueId:string PassThroughClass:string PassThroughIds:string PassThroughNamespace:string PassThroughServer:string'
$syn = 'CopyMethodology:uint16 CopyPriority:uint16 CopyState:uint16 CopyType:uint16 PercentSynced:uint16 ProgressStatus:uint16 RecoveryPointObjective:uint32 ReplicaType:uint16 RequestedCopyState:uint16 SyncMaintained:boolean SyncMode:uint16 SyncState:uint16 SyncTime:datetime SyncType:uint16'
$jobOut = '<CreatedStorageJob:ref:MSFT_StorageJob <ExtendedStatus:inst:MSFT_StorageExtendedStatus'
$script:Schema = @{}
function Add-Class([string]$name, [string]$super, [string]$props, [hashtable]$methods, [hashtable]$ends, [bool]$abstract) {
    $p = [ordered]@{}
    foreach ($x in ($props -split '\s+')) { if ($x) { $n, $t = $x -split ':', 2; $p[$n] = $t } }
    $m = @{}
    if ($methods) {
        foreach ($k in $methods.Keys) {
            $pars = [ordered]@{}
            foreach ($x in ($methods[$k] -split '\s+')) {
                if (-not $x) { continue }
                $out = $x.StartsWith('<')
                $q = $x.TrimStart('<') -split ':'
                $pars[$q[0]] = @{ Name = $q[0]; Type = $q[1]; Class = $(if ($q.Count -gt 2) { $q[2] } else { $null }); Out = $out }
            }
            $m[$k] = $pars
        }
    }
    $script:Schema[$name] = @{ Name = $name; Super = $super; Props = $p; Methods = $m; Ends = $ends; Abstract = $abstract; Keys = $(if ($ends) { @($ends.Keys) } else { @('ObjectId') }) }
}
Add-Class 'MSFT_StorageObject' '' $obj $null $null $true
Add-Class 'MSFT_StorageProvider' 'MSFT_StorageObject' "$obj CimServerName:string Manufacturer:string Name:string RemoteSubsystemCacheMode:uint16 SupportedRemoteSubsystemCacheModes:uint16[] SupportsSubsystemRegistration:boolean Type:uint16 URI:string URI_IP:string Version:string" @{
    Discover = "DiscoveryLevel:uint16 RootObject:ref:MSFT_StorageObject RunAsJob:boolean $jobOut"
    RegisterSubsystem = "ComputerName:string Credential:inst:MSFT_Credential <RegisteredSubsystem:inst:MSFT_StorageSubSystem <ExtendedStatus:inst:MSFT_StorageExtendedStatus"
}
Add-Class 'MSFT_StorageSubSystem' 'MSFT_StorageObject' "$obj AutomaticClusteringEnabled:boolean CimServerName:string CurrentCacheLevel:uint16 Description:string FirmwareVersion:string FriendlyName:string HealthStatus:uint16 Manufacturer:string Model:string Name:string NameFormat:uint16 OperationalStatus:uint16[] OtherIdentifyingInfo:string[] OtherIdentifyingInfoDescription:string[] OtherOperationalStatusDescription:string ReplicasPerSourceCloneMax:uint16 ReplicasPerSourceMirrorMax:uint16 ReplicasPerSourceSnapshotMax:uint16 SerialNumber:string StorageConnectionType:uint16 SupportedFileServerProtocols:uint16[] SupportsCloneLocal:boolean SupportsCloneRemote:boolean SupportsMirrorLocal:boolean SupportsMirrorRemote:boolean SupportsSnapshotLocal:boolean SupportsSnapshotRemote:boolean SupportsVirtualDiskCreation:boolean Version:string" @{
    CreateReplicationRelationship = "FriendlyName:string SyncType:uint16 TargetStorageSubsystem:inst:MSFT_ReplicaPeer SourceReplicationGroupFriendlyName:string SourceReplicationGroupDescription:string RecoveryPointObjective:uint16 RunAsJob:boolean <CreatedReplicaPeer:inst:MSFT_ReplicaPeer $jobOut"
    DeleteReplicationRelationship = "SourceReplicationGroup:inst:MSFT_ReplicationGroup TargetGroupReplicaPeer:inst:MSFT_ReplicaPeer RunAsJob:boolean $jobOut"
}
Add-Class 'MSFT_StoragePool' 'MSFT_StorageObject' "$obj AllocatedSize:uint64 ClearOnDeallocate:boolean FriendlyName:string HealthStatus:uint16 IsClustered:boolean IsPowerProtected:boolean IsPrimordial:boolean IsReadOnly:boolean LogicalSectorSize:uint64 Name:string OperationalStatus:uint16[] OtherOperationalStatusDescription:string OtherUsageDescription:string PhysicalSectorSize:uint64 ProvisioningTypeDefault:uint16 ReadOnlyReason:uint16 RepairPolicy:uint16 ResiliencySettingNameDefault:string Size:uint64 SupportedProvisioningTypes:uint16[] SupportsDeduplication:boolean ThinProvisioningAlertThresholds:uint16[] Usage:uint16 Version:uint16" @{}
Add-Class 'MSFT_VirtualDisk' 'MSFT_StorageObject' "$obj Access:uint16 AllocatedSize:uint64 AllocationUnitSize:uint64 ColumnIsolation:uint16 DetachedReason:uint16 FaultDomainAwareness:uint16 FootprintOnPool:uint64 FriendlyName:string HealthStatus:uint16 Interleave:uint64 IsDeduplicationEnabled:boolean IsEnclosureAware:boolean IsManualAttach:boolean IsSnapshot:boolean IsTiered:boolean LogicalSectorSize:uint64 MediaType:uint16 Name:string NameFormat:uint16 NumberOfAvailableCopies:uint16 NumberOfColumns:uint16 NumberOfDataCopies:uint16 NumberOfGroups:uint16 OperationalStatus:uint16[] OtherOperationalStatusDescription:string OtherUsageDescription:string ParityLayout:uint16 PhysicalDiskRedundancy:uint16 PhysicalSectorSize:uint64 ProvisioningType:uint16 ReadCacheSize:uint64 RequestNoSinglePointOfFailure:boolean ResiliencySettingName:string Size:uint64 UniqueIdFormat:uint16 UniqueIdFormatDescription:string Usage:uint16 WriteCacheSize:uint64" @{
    SetReplicationRelationship = "Operation:uint16 VirtualDiskReplicaPeer:inst:MSFT_ReplicaPeer RunAsJob:boolean $jobOut"
    CreateReplica = "FriendlyName:string TargetStorageSubsystem:inst:MSFT_ReplicaPeer TargetVirtualDiskObjectId:string TargetStoragePoolObjectId:string RecoveryPointObjective:uint16 ReplicationSettings:inst:MSFT_ReplicationSettings SyncType:uint16 RunAsJob:boolean <CreatedReplicaPeer:inst:MSFT_ReplicaPeer $jobOut"
    SetFriendlyName = "FriendlyName:string <ExtendedStatus:inst:MSFT_StorageExtendedStatus"
    SetUsage = "Usage:uint16 OtherUsageDescription:string <ExtendedStatus:inst:MSFT_StorageExtendedStatus"
    Attach = "$jobOut RunAsJob:boolean AccessPath:string"
    Detach = "<ExtendedStatus:inst:MSFT_StorageExtendedStatus"
    DeleteObject = "RunAsJob:boolean $jobOut"
}
Add-Class 'MSFT_ReplicaPeer' 'MSFT_StorageObject' "$obj IsPrimary:boolean PeerObject:inst PeerObjectId:string PeerObjectName:string PeerObjectType:uint16 PeerProviderURI:string PeerSubsystemName:string PeerUniqueId:string" @{}
Add-Class 'MSFT_ReplicationSettings' '' 'Multihop:uint16 OnGroupOrUnGroup:uint16 Mode:uint16' @{} $null
Add-Class 'MSFT_StorageExtendedStatus' '' 'CIMStatusCode:uint32 CIMStatusCodeDescription:string ErrorSource:string ErrorSourceFormat:uint16 ErrorType:uint16 Message:string MessageArguments:string[] MessageID:string OtherErrorSourceFormat:string OtherErrorType:string OwningEntity:string PerceivedSeverity:uint16 ProbableCause:uint16 ProbableCauseDescription:string RecommendedActions:string[]' @{} $null
Add-Class 'MSFT_ReplicationCapabilities' 'MSFT_StorageObject' "$obj DefaultRecoveryPointObjective:uint32 SupportedAsynchronousActions:uint16[] SupportedLogVolumeFeatures:uint16[] SupportedMaximumLogSize:uint64 SupportedMinimumLogSize:uint64 SupportedObjectTypes:uint16[] SupportedReplicatedPartitionFeatures:uint16[] SupportedReplicationTypes:uint16[] SupportedSynchronousActions:uint16[] SupportsCreateReplicationRelationshipMethod:boolean SupportsEmptyReplicationGroup:boolean SupportsFullDiscovery:boolean SupportsReplicationGroup:boolean" @{
    GetSupportedOperations = 'ReplicationType:uint16 <SupportedOperations:uint16[] <ExtendedStatus:inst:MSFT_StorageExtendedStatus'
    GetSupportedFeatures = 'ReplicationType:uint16 <Features:uint16[] <ExtendedStatus:inst:MSFT_StorageExtendedStatus'
    GetSupportedCopyStates = 'ReplicationType:uint16 <SupportedCopyStates:uint16[] <ExtendedStatus:inst:MSFT_StorageExtendedStatus'
    GetSupportedGroupOperations = 'ReplicationType:uint16 <SupportedGroupOperations:uint16[] <ExtendedStatus:inst:MSFT_StorageExtendedStatus'
    GetSupportedGroupFeatures = 'ReplicationType:uint16 <Features:uint16[] <ExtendedStatus:inst:MSFT_StorageExtendedStatus'
    GetRecoveryPointData = 'ReplicationType:uint16 DefaultRecoveryPoint:uint16 <RecoveryPointValues:uint16[] <RecoveryPointIndicator:uint16 <ExtendedStatus:inst:MSFT_StorageExtendedStatus'
}
Add-Class 'MSFT_StorageJob' 'MSFT_StorageObject' "$obj BytesProcessed:uint64 BytesTotal:uint64 DeleteOnCompletion:boolean Description:string ElapsedTime:interval ErrorCode:uint16 ErrorDescription:string IsBackgroundTask:boolean JobState:uint16 JobStatus:string LocalOrUtcTime:uint16 Name:string OperationalStatus:uint16[] OtherRecoveryAction:string PercentComplete:uint16 RecoveryAction:uint16 StartTime:datetime StatusDescriptions:string[] TimeBeforeRemoval:interval TimeOfLastStateChange:datetime TimeSubmitted:datetime" @{
    GetExtendedStatus = '<ExtendedStatus:inst:MSFT_StorageExtendedStatus'
    GetMessages = '<Messages:string[] <Channels:uint16[]'
    GetOutParameters = '<OutParameters:inst:MSFT_StorageJobOutParams'
    RequestStateChange = 'RequestedState:uint16 TimeoutPeriod:interval'
}
Add-Class 'MSFT_Synchronized' '' $syn $null @{} $true
Add-Class 'MSFT_VirtualDiskToReplicaPeer' 'MSFT_Synchronized' "$syn ReplicaPeer:ref VirtualDisk:ref" $null @{ VirtualDisk = 'MSFT_VirtualDisk'; ReplicaPeer = 'MSFT_ReplicaPeer' }
Add-Class 'MSFT_VirtualDiskToVirtualDisk' 'MSFT_Synchronized' "$syn SourceVirtualDisk:ref TargetVirtualDisk:ref" $null @{ SourceVirtualDisk = 'MSFT_VirtualDisk'; TargetVirtualDisk = 'MSFT_VirtualDisk' }
foreach ($x in @(
    'MSFT_StorageProviderToStorageSubSystem StorageProvider=MSFT_StorageProvider StorageSubSystem=MSFT_StorageSubSystem',
    'MSFT_StorageSubSystemToVirtualDisk StorageSubSystem=MSFT_StorageSubSystem VirtualDisk=MSFT_VirtualDisk',
    'MSFT_StorageSubSystemToStoragePool StorageSubSystem=MSFT_StorageSubSystem StoragePool=MSFT_StoragePool',
    'MSFT_StoragePoolToVirtualDisk StoragePool=MSFT_StoragePool VirtualDisk=MSFT_VirtualDisk',
    'MSFT_StorageSubSystemToReplicaPeer StorageSubSystem=MSFT_StorageSubSystem ReplicaPeer=MSFT_ReplicaPeer',
    'MSFT_StorageSubSystemToReplicationCapabilities StorageSubSystem=MSFT_StorageSubSystem ReplicationCapabilities=MSFT_ReplicationCapabilities',
    'MSFT_StorageJobToAffectedStorageObject StorageJob=MSFT_StorageJob AffectedStorageObject=MSFT_StorageObject')) {
    $n, $e1, $e2 = $x -split ' '
    $a1, $c1 = $e1 -split '='; $a2, $c2 = $e2 -split '='
    Add-Class $n '' "${a1}:ref ${a2}:ref" $null @{ $a1 = $c1; $a2 = $c2 }
}
