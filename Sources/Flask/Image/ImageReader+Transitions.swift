extension ImageReader {
    /// The class of processes: before versions 26 and 21 transitions were of that class only; 0 when there is none.
    private var processClass: UInt32 { policy.processClass }

    mutating func readRoleRules() throws(ImageReadError) {
        let count = try cursor.count(ofSize: 12)
        policy.roleTransitions.reserveCapacity(count)
        for _ in 0..<count {
            let offset = cursor.offset
            let role = try cursor.word32()
            let type = try cursor.word32()
            let newRole = try cursor.word32()
            var objectClass = processClass
            if version.hasRoleTransitionClasses { objectClass = try cursor.word32() }
            try check(UInt64(role), .role, at: offset)
            try check(UInt64(type), .type, at: offset + 4)
            try check(UInt64(newRole), .role, at: offset + 8)
            try check(UInt64(objectClass), .objectClass, at: offset + 12)
            policy.roleTransitions.append(
                RoleTransition(role: role, type: type, objectClass: objectClass, newRole: newRole))
        }
        let allows = try cursor.count(ofSize: 8)
        policy.roleAllows.reserveCapacity(allows)
        for _ in 0..<allows {
            let offset = cursor.offset
            let allow = try RoleAllow(role: cursor.word32(), newRole: cursor.word32())
            try check(UInt64(allow.role), .role, at: offset)
            try check(UInt64(allow.newRole), .role, at: offset + 4)
            policy.roleAllows.append(allow)
        }
    }

    mutating func readRangeTransitions() throws(ImageReadError) {
        let count = try cursor.count(ofSize: 28)
        policy.rangeTransitions.reserveCapacity(count)
        for _ in 0..<count {
            let offset = cursor.offset
            let source = try cursor.word32()
            let target = try cursor.word32()
            let objectClass = version.hasRangeTransitionClasses ? try cursor.word32() : processClass
            try check(UInt64(source), .type, at: offset)
            try check(UInt64(target), .type, at: offset + 4)
            try check(UInt64(objectClass), .objectClass, at: offset + 8)
            let range = try readRange()
            try check(range, at: offset)
            policy.rangeTransitions.append(
                RangeTransition(source: source, target: target, objectClass: objectClass, range: range))
        }
    }

    mutating func readFilenameTransitions() throws(ImageReadError) {
        if version.hasCompressedFilenameTransitions {
            try readCompressedFilenameTransitions()
        } else {
            try readSingleFilenameTransitions()
        }
    }

    private mutating func readCompressedFilenameTransitions() throws(ImageReadError) {
        let count = try cursor.count(ofSize: 33)
        policy.filenameTransitions.reserveCapacity(count)
        for _ in 0..<count {
            let name = try readName()
            let offset = cursor.offset
            let target = try cursor.word32()
            let objectClass = try cursor.word32()
            let results = try cursor.count(ofSize: 16)
            try check(UInt64(target), .type, at: offset)
            try check(UInt64(objectClass), .objectClass, at: offset + 4)
            guard results > 0 else { throw fail(.invalidValue(0, .filenameTransition), at: offset + 8) }
            var transition = FilenameTransition(name: name, target: target, objectClass: objectClass, results: [])
            for _ in 0..<results {
                let place = cursor.offset
                let sources = try readBitmap()
                try check(sources, .type, at: place)
                let type = try cursor.word32()
                try check(UInt64(type), .type, at: cursor.offset - 4)
                transition.results.append(.init(sources: sources, type: type))
            }
            policy.filenameTransitions.append(transition)
        }
    }

    /// Before version 33 each source has a record of its own; they are put together again. A second one for the same
    /// source is ignored, because old compilers wrote some.
    private mutating func readSingleFilenameTransitions() throws(ImageReadError) {
        let count = try cursor.count(ofSize: 21)
        // What is known of a transition is looked up, so that the time stays in proportion to the image.
        struct Part: Hashable {
            let transition: Int
            let type: UInt32
        }
        var places: [FilenameTransition: Int] = [:]
        var sources: Set<Part> = []
        var results: [Part: Int] = [:]
        var transitions: [FilenameTransition] = []
        for _ in 0..<count {
            let name = try readName()
            let offset = cursor.offset
            let source = try cursor.word32()
            let target = try cursor.word32()
            let objectClass = try cursor.word32()
            let type = try cursor.word32()
            try check(UInt64(source), .type, at: offset)
            try check(UInt64(target), .type, at: offset + 4)
            try check(UInt64(objectClass), .objectClass, at: offset + 8)
            try check(UInt64(type), .type, at: offset + 12)
            let key = FilenameTransition(name: name, target: target, objectClass: objectClass, results: [])
            let place = places[key] ?? transitions.count
            if place == transitions.count {
                places[key] = place
                transitions.append(key)
            }
            guard sources.insert(Part(transition: place, type: source)).inserted else { continue }
            let part = Part(transition: place, type: type)
            let index = Int(source) - 1
            if let result = results[part] {
                transitions[place].results[result].sources.insert(index)
            } else {
                results[part] = transitions[place].results.count
                transitions[place].results.append(.init(sources: [index], type: type))
            }
        }
        policy.filenameTransitions = transitions
    }
}

extension Policy {
    /// The number of the class of processes, or 0 (Xen: `domain`; Linux: `process`).
    var processClass: UInt32 {
        let name: Name = target == .xen ? "domain" : "process"
        return classes.firstIndex { $0.name == name }.map { UInt32($0 + 1) } ?? 0
    }
}
