import Flask

// The FIFO interface's own operations (Xen, xen/common/event_fifo.c).

extension DomainState {
    /// Gives a processor its control block; the first one makes the domain use queues. Throws `ENOENT` for a processor that
    /// is none, `EINVAL` for a place that is none.
    mutating func setControlBlock(processor: UInt32, frame: UInt64, offset: UInt32) throws(XenErrorNumber) {
        guard hasProcessor(processor) else { throw .noEntry }
        guard offset <= 4_096 - EventQueues.controlSize, offset % 8 == 0 else { throw .invalidArgument }
        var queues = events.queues ?? EventQueues(processorCount: processors.count)
        guard processor < queues.processors.count, queues.processors[Int(processor)].control == nil
        else { throw .invalidArgument }
        queues.processors[Int(processor)].control = try memory.hold(frame)
        queues.processors[Int(processor)].controlOffset = Int(offset)
        if events.queues == nil {
            // What waits in the other interface's bitmap comes once there are words.
            for port in 1..<min(UInt32(events.channels.count), EventChannels.twoLevelLimit) {
                if isPending(port) { events.channels[Int(port)].isSaved = true }
                events.channels[Int(port)].priority = EventChannel.defaultPriority
            }
        }
        events.queues = queues
    }

    /// Gives another page for event words. Throws `EOPNOTSUPP` where no queues are in use, `ENOSPC` and `EINVAL`.
    mutating func addEventPage(frame: UInt64, _ notices: inout EventNotices) throws(XenErrorNumber) {
        guard let queues = events.queues else { throw .notSupported }
        guard queues.pages.count < EventQueues.pageLimit else { throw .noSpace }
        let page = try memory.hold(frame)
        events.queues?.pages.append(page)
        let end = min(queues.portCount + EventQueues.wordsInPage, UInt32(events.channels.count))
        var port = queues.portCount
        while port < end {
            if events.channels[Int(port)].isSaved { raise(port, &notices) }
            port += 1
        }
    }

    /// Throws `EINVAL`, `ENOSYS` where there are no priorities, and `EACCES` for a port that is not the domain's to use.
    mutating func setPriority(_ port: UInt32, _ priority: UInt32) throws(XenErrorNumber) {
        guard let channel = events[valid: port] else { throw .invalidArgument }
        guard events.queues != nil else { throw .notImplemented }
        guard channel.isUsable else { throw .permissionDenied }
        guard priority < EventQueues.priorityCount else { throw .invalidArgument }
        events.channels[Int(port)].priority = UInt8(priority)
    }
}
