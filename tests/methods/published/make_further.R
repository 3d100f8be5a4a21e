# Makes further.json: subgroups, corrections for several comparisons. Rscript make_further.R here.
# Debian packages: r-base-core r-cran-clubsandwich r-cran-multcomp r-cran-jsonlite
suppressPackageStartupMessages({library(clubSandwich);library(multcomp);library(jsonlite)})
O<-list()
S<-read.csv("streets.csv",na.strings=""); S$arm<-factor(S$arm); S$ward<-factor(S$ward); S$tenure<-factor(S$tenure); dd<-S[!is.na(S$score),]
of<-function(f,cluster,k){a<-coef_test(f,vcov="CR2",cluster=cluster,test="Satterthwaite"); ci<-conf_int(f,vcov="CR2",cluster=cluster); p<-if(length(k)==1) a$p_Satt[k] else Wald_test(f,constraints=constrain_zero(k),vcov="CR2",cluster=cluster,test="HTZ")$p_val
 list(term=names(coef(f))[k],estimate=a$beta[k],se=a$SE[k],df=a$df_Satt[k],ci_low=ci$CI_L[k],ci_high=ci$CI_U[k],p=p)}
ix<-function(f) grep("^arm.*:",names(coef(f)))
f<-lm(score~arm*tenure+ward+baseline,dd); O$streets_by_tenure<-of(f,dd$street,ix(f))
f<-lm(score~arm*ward+baseline,dd); O$streets_by_ward<-of(f,dd$street,ix(f))
H<-read.csv("homes.csv"); H$arm<-relevel(factor(H$arm),"usual"); H$south<-ifelse(H$site=="A","A","other")
f<-lm(after~arm*south+before,H); O$homes_by_site_A<-of(f,1:nrow(H),ix(f))
## corrections: p.adjust of base R
ps<-list(four=c(.01,.04,.03,.2),ties=c(.02,.02,.5,.001,.02),one=.3,large=c(.6,.9,.95),ten=c(.0001,.0004,.0019,.0095,.0201,.0278,.0298,.0344,.0459,.324),close=c(.012,.013,.014,.05,.051))
O$adjusted<-lapply(ps,function(p) c(list(p=p),sapply(c("bonferroni","holm","hochberg","hommel","BH","BY"),function(m) p.adjust(p,m),simplify=FALSE)))
## Dunnett: multcomp, single step and step-down ("free"); the integral is by simulation, so many points
N<-read.csv("anorexia.csv"); N$arm<-relevel(factor(N$arm),"Cont"); set.seed(1); M<-GenzBretz(maxpts=5e6,abseps=1e-7)
du<-function(g) list(t=unname(summary(g)$test$tstat),single=as.numeric(summary(g,test=adjusted("single-step",maxpts=5e6,abseps=1e-7))$test$pvalues),free=as.numeric(summary(g,test=adjusted("free",maxpts=5e6,abseps=1e-7))$test$pvalues))
O$anorexia_dunnett<-du(glht(aov(after~arm,N),linfct=mcp(arm="Dunnett")))
W<-chickwts; W$feed<-relevel(W$feed,"linseed"); O$chickwts_dunnett<-c(list(arm=as.character(W$feed),outcome=W$weight),du(glht(aov(weight~feed,W),linfct=mcp(feed="Dunnett"))))
O$versions<-as.list(sapply(c("clubSandwich","multcomp"),function(p) as.character(packageVersion(p)))); O$versions$R<-R.version.string
write(toJSON(O,digits=14,auto_unbox=TRUE,na="null",pretty=TRUE),"further.json")
