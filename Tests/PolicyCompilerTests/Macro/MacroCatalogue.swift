/// Small programs, each about one corner of the macro language.
enum MacroCatalogue {
    static let included = [
        "inc.txt": "included len(`abc') line __line__\nsecond\n",
        "inc2.txt": "no newline __line__",
    ]

    static let cases: [String] = [
        ##"""
        format(`%s|%5d|%-5d|%05d|%x|%o|%c|%u|%+d|%.3s|%*d|%#x',a,1,2,3,255,8,A,-1,5,abcdef,4,7,255) format(`%i|%ld|%hhd|%zz',3,4,300) format(`%d') format(`%') format(`a',b) format(`%s%s',a) format(`%c%d',,) format(`%5%|%d',3)
        format(`%c%c%5c|%-5c|',65,66,67,68) format(`%d',12abc) format(`%5s|%-5s|%.2s|%5.1s',a,b,cde,fgh) format(`%.3d %5.3d %-8.3x| %+d % d %#o %X %#X %05.2d',1,2,255,3,4,8,255,255,6) format(`%.0d|%.*d|%-*d|',0,3,5,4,6) format(`%hd %hu %lu %lx %hhx',70000,70000,-1,-1,300) format() format(`%%%d',-5) format(`%08x|%-08d|%+05d',-1,5,5) format(`%ls|%hs|%lc',a,b,c)

        """##,
        ##"""
        translit(`abcz',`a-c',`A-C') translit(`abc',`a-',`X') translit(`GNUs',`a-z',`z-a') translit(`a-b',`-b',`xy') translit(`abc',`abca',`123') substr(abc,1) substr(abc,5) substr(abc,-1) substr(abc,1,-1) substr(abc,0,99) substr(`abc') index(abc,c) index(abc,) index(abc,z) len() incr() incr(x) incr( 4) incr(4 ) decr(99999999999)
        translit(`abc') translit(`hello-world',`l-o-r',`A-Z') translit(`abcdef',`c-a',`xyz') translit(`aaa',,b) translit(abc,b) index() index(abcabd,abd) substr(`hello',2,2)substr() decr(-2147483648) incr(2147483647) len(`a,b') len(a,b)

        """##,
        ##"""
        defn(`len',`define')|defn(`nope')|`'x defn
         define(`a',`x$0 $1y')defn(`a')|defn(`a',`a') define defn(`len')|__line__ __program__ __gnu__|__unix__|shift|shift()|shift(a)|shift(a,b,c)|ifelse|ifelse(a)|ifelse(a,b)|ifelse(a,a)|ifelse(a,b,c,d,e)|divnum|indir(`a',z)|indir(`zz')|builtin(`len',abc)|builtin(`zz')|builtin(`define',`q',1)q
        define(`L',defn(`len'))L(abc)L|define(defn(`len'),x)|pushdef(`len',`x$1')len(a)popdef(`len')len(a)|len(defn(`len'))|indir(defn(`len'))|builtin(defn(`len'))|indir(`len',`abc')|indir(`L',`abc')|L
        define(`a1',defn(`len')junk)a1(abc) define(`a2',junk`'defn(`len'))a2(abc) indir(`define',`zz',defn(`len'))zz(12) builtin(`define',`zy',defn(`len'))zy(1)
        builtin(`builtin',`builtin',`len',abc) indir(`indir',`indir',`a',b) builtin(`dnl',x) x
        indir(`divnum') builtin(`divnum') builtin(`shift',a,b) indir(`shift',a,b)

        """##,
        ##"""
        define(`f',`[$#|$*|$@|$1|$10|$011|$x|$|$$1]')f f() f(a,b) f( a ,(b,c), `d,e')f(1,2,3,4,5,6,7,8,9,10,11)
        define()|define(a)|define(,x)|define(`b',1,2)b|undefine|popdef|undefine(`b')b|popdef(`zz')|ifdef|ifdef(`a')|ifdef(`a',y,n)|ifdef(`zzz',y)|ifdef(`z',y,n,q)
        define(`s',`$'1)s(x) define(`s',`$'`1'`0')s(a,b,c,d,e,f,g,h,i,jj) define(`s',a`$'`#'b)s(x,y) define(`s',`$99999999999999999999')s(x)|
        define(`foo',`fo')foo`'o foo()o define(`ab',`yes')define(`x',`a')x()b x`'b define(`y',`a`'')y()b
        define(`p',`(')foo p x) define(`g',`<$1>')define(`h',`g')h(a)h()(a) define(`k',`g(')k a)

        """##,
        ##"""
        patsubst(`abc',`b',`<\&>')|patsubst(`a b c',` ')|patsubst(`abc',`',`-')|patsubst(`ab
        cd',`^',`> ')|patsubst(`abc',`x*',`-')|patsubst(`abc',`\(b\)',`\2\0\')|patsubst(abc)|regexp(abc)|regexp(abc,`')|regexp(abc,`\(')|regexp(abc,`',x)|regexp(`a*b',`*b')|regexp(`ab',`a+')|regexp(`hello world',`\bw')|regexp(`a^b',`a^')|regexp(`a$b',`a$b')
        regexp(`xay',`a\|b',`<\&>') regexp(`abab',`\(ab\)\1',`<\1>') regexp(`abcabd',`\(.*\)c\1') regexp(`foo bar',`\<b') regexp(`foo bar',`o\>') regexp(`foo',`\`f') regexp(`foo',`o\'') regexp(`a]b',`[]]') regexp(`a-b',`[a-]*',`<\&>') regexp(`abc',`[^a]*',`<\&>') regexp(`a\b',`\\') regexp(`ab',`\(a\)*\(b\)?',`<\1\2>') regexp(`ab',`a\)') regexp(`ab',`[a') regexp(`ab',`\1') regexp(`ab',`a\') regexp(`a+b',`a\+') regexp(`^a',`a*^*') regexp(`a{2}',`{2}') regexp(`aXb',`\WX') regexp(`a Xb',`\WX') regexp(`a*',`^*') regexp(`x*a',`\(*a\)')
        patsubst(`hello world',`\w+',`(\&)') patsubst(`aaa',`a*',`x') patsubst(`baaac',`a*',`x') patsubst(`a.b.c',`\.',`_') patsubst(`abc',`\(a\)\|\(b\)',`[\1\2]') patsubst(`GNUs not Unix',`^',`OBS: ') patsubst(`GNUs not Unix',`\<',`OBS: ') patsubst(`GNUs not Unix',`\w*',`(\&)') patsubst(`GNUs not Unix',`\w+',`(\&)') patsubst(`GNUs not Unix',`[A-Z][a-z]+') patsubst(`GNUs not Unix',`not',`NOT\')

        """##,
        ##"""
        eval(1,2,3,4)eval(-1,2,5) eval(3=3) eval(7>>>1) eval(2**3**2) eval(-2**2) eval(1||1/0) eval(!0+1) eval(5,1) eval(-3,1,6) eval(1?2:3) eval(1,37)eval(`0r36:z') eval(0b101) eval(017) eval(0xfF) eval(1r1:1) eval(0r1:111) eval(-7/2) eval(-7%2) eval(1<<33) eval(-1>>1) eval(2**-1) eval(0**0) eval(99999999999) eval(-2147483648/-1)
        eval() eval( ) eval(09) eval(0x) eval(0b2) eval(0r10:19) eval(0r37:1) eval(0r:1) eval(0r1:01) eval(0r1:0) eval(0r1:10) eval(0r1:21) eval(1 2) eval(()) eval((1) eval(1)) eval(!1&&2||3) eval(1|2^3&4) eval(1<2<3) eval(3>2>1) eval(1==1!=0) eval(7&3==3) eval(~5) eval(- -5) eval(+5) eval(!!5) eval(2*3+4) eval(2+3*4) eval(10-3-2) eval(100/7/2) eval(2**2*3) eval(2*2**3) eval(-3%0) eval(0&&1/0) eval(1&&1/0) eval(1/0||1) eval(-2147483648%-1) eval(1<<-1) eval(1<<31) eval(-8>>1) eval(-1,16) eval(255,16,4) eval(-255,2,12) eval(10,1) eval(0,1) eval(-3,1) eval(5,36) eval(35,36) eval(5,0) eval(5,-1) eval(5,10,-1) eval(5,,3) eval(5,10,) eval(a) eval(1+) eval(*1) eval(1=2) eval(1!=2) eval(1!2) eval(0x1g) eval(`0R2:101') eval(`0X1F') eval(`0B11') eval(2**31) eval(3**40) eval((-2)**3) eval(1,10,a) eval(1&&0||1) eval(1||0&&0) eval(!(1-1)) eval(4 > 3) eval(4 >= 4) eval(4 <= 3) eval(~0) eval(-~1) eval(!-1) eval(5 % -3)

        """##,
        ##"""
        undivert(`nosuch')|include(`nosuch')|sinclude(`nosuch')|include|include()|divert(x)a|divert(1,2)b
        divert(0)undivert(x1)dnl foo
        changequote([,])[x]changequote`x'changequote([)[x'changequote`y' changecom(/*,*/)/*len*/ #len()
        changecom#len()
        changecom(`#')len(`abc')#len()
        changequote(<<,>>)<<a<<b>>c>> <x> changequote(`,`)x changequote()`z' changequote`w' changequote(,x)`v' changequote`u'

        """##,
        ##"""
        define(`i',`inc.txt')a
        include(i)b
        x include(`inc2.txt') y __line__
        define(`m',`one
        two __line__
        three')m
        m m(
        x)
        `quoted
        text
        here' more
        x`'dnl
        dnl foo
        y
        # comment
        divert(1)
        in one
        m
        divert(2)two
        divert(0)
        in zero
        undivert(1)after
        divert(-1)
        lost
        m
        divert
        z
        m4wrap(`wrap
        __line__ m
        ')
        undivert(`inc.txt')k
        define(`n',`$1
        $2')n(a
        ,b
        ) c
        n(`x
        y
        z',
        `w')
        __line__
        `'

        `'
        m`'m
        define(`e')e
        e(
        )
        e
        last

        """##,
        ##"""
        define(`x',`include(`inc.txt')after
        more')x
        y
        x(
        a)z
        divert(3)abc
        def
        divert(4)ghi
        divert(3)jkl
        divert(0)mno
        divert(0)pqr
        undivert(3,4)stu
        divert(1)q
        undivert
        divert(-1)
        undivert(1)
        divert
        end
        m4wrap(`w1
        ')m4wrap(`w2
        x
        ')

        """##,
        ##"""
        divert(1)a
        b
        m4exit(0)
        c

        """##,
        ##"""
        line one
        foo(a,
        b) `x

        """##,
        ##"""
        abc # comment
        """##,
        ##"""
        foo len(a
        """##,
        ##"""
        a`b`c
        """##,
        ##"""
        abc dnl x
        """##,
        ##"""
        define(`x',`y')dnl
        x
        """##,
        ##"""
        divert(2)a
        divert(1)b
        len(
        """##,
        ##"""
        x
        #foo
        """##,
    ]
}
